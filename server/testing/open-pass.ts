import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'

export type OpenedPass = { files: Map<string, Buffer>; pass: Record<string, unknown>; signers: X509Certificate[] }

/** Opens a .pkpass as a phone does: hashes and signature must fit, and the certificates must come from `authority`. */
export function openPass(file: Buffer, authority: string): OpenedPass {
  const files = unzip(file)
  const manifest = fileIn(files, 'manifest.json')
  const hashes: Record<string, string> = JSON.parse(manifest.toString())
  const packed = Array.from(files.keys()).filter((name) => name !== 'manifest.json' && name !== 'signature')
  assert.deepEqual(Object.keys(hashes).toSorted(), packed.toSorted(), 'the manifest names every file')
  for (const [name, hash] of Object.entries(hashes))
    assert.equal(createHash('sha1').update(fileIn(files, name)).digest('hex'), hash, `the hash of ${name}`)
  const signers = checkSignature(fileIn(files, 'signature'), manifest, new X509Certificate(authority))
  return { files, pass: JSON.parse(fileIn(files, 'pass.json').toString()), signers }
}

/** `"key" = "value";` of one language. */
export function stringsIn({ files }: OpenedPass, language: string): Map<string, string> {
  const text = fileIn(files, `${language}.lproj/pass.strings`).toString()
  const read = (escaped: string) => escaped.replace(/\\(.)/g, (_all, after: string) => (after === 'n' ? '\n' : after))
  const lines = text.split('\n').map((line) => {
    const found = /^"((?:[^"\\]|\\.)*)" = "((?:[^"\\]|\\.)*)";$/.exec(line)
    assert.ok(found, `This is no line of strings: ${line}`)
    return [read(found[1] ?? ''), read(found[2] ?? '')] as const
  })
  return new Map(lines)
}

function fileIn(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const file = files.get(name)
  assert.ok(file, `There is no ${name}.`)
  return file
}

/** The files lie there one after the other, uncompressed. */
function unzip(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    assert.equal(zip.readUInt16LE(at + 8), 0, 'stored as it is')
    const [size, nameLength, extraLength] = [
      zip.readUInt32LE(at + 18),
      zip.readUInt16LE(at + 26),
      zip.readUInt16LE(at + 28),
    ]
    const begin = at + 30 + nameLength + extraLength
    files.set(zip.toString('utf8', at + 30, at + 30 + nameLength), zip.subarray(begin, begin + size))
    at = begin + size
  }
  return files
}

/** PKCS#7 (RFC 2315), detached: what is signed are attributes that hold the hash of the manifest. */
function checkSignature(signature: Buffer, manifest: Buffer, authority: X509Certificate): X509Certificate[] {
  const [, [signedData]] = [null, childrenOf(childrenOf(readNode(signature))[1])]
  const parts = childrenOf(signedData)
  const certificates = childrenOf(parts.find(({ tag }) => tag === 0xa0)).map(({ whole }) => new X509Certificate(whole))
  const info = childrenOf(childrenOf(parts.at(-1))[0])
  const attributes = info.find(({ tag }) => tag === 0xa0)
  const signed = info.find(({ tag }) => tag === 0x04)
  assert.ok(attributes && signed)
  const digest = createHash('sha1').update(manifest).digest()
  assert.ok(attributes.body.includes(digest), 'the signature is of this manifest')
  const asSet = Buffer.concat([Buffer.from([0x31]), attributes.whole.subarray(1)])
  const own = certificates.find((certificate) => !certificate.ca)
  assert.ok(own, 'the signer’s certificate is there')
  const key = createPublicKey(own.publicKey.export({ type: 'spki', format: 'pem' }))
  assert.ok(verify('RSA-SHA1', asSet, key, signed.body), 'the signature is the signer’s')
  assert.ok(own.verify(authority.publicKey), 'the signer’s certificate comes from the authority')
  assert.ok(certificates.some(({ fingerprint256 }) => fingerprint256 === authority.fingerprint256))
  return certificates
}

type Node = { tag: number; body: Buffer; whole: Buffer }

/** One element in DER. */
function readNode(bytes: Buffer): Node {
  const first = bytes.readUInt8(1)
  const lengthBytes = first < 0x80 ? 0 : first - 0x80
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes)
  const begin = 2 + lengthBytes
  return {
    tag: bytes.readUInt8(0),
    body: bytes.subarray(begin, begin + length),
    whole: bytes.subarray(0, begin + length),
  }
}

function childrenOf(node: Node | undefined): Node[] {
  assert.ok(node)
  const children: Node[] = []
  for (let at = 0; at < node.body.length;) {
    const child = readNode(node.body.subarray(at))
    children.push(child)
    at += child.whole.length
  }
  return children
}
