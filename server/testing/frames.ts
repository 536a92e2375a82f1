const SHORT_MAX = 125
const MEDIUM = 126

/** The texts of whole frames, as a server sends them: not masked, each in one piece. */
export function* textsIn(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length;) {
    const marker = bytes.readUInt8(at + 1)
    const header = marker <= SHORT_MAX ? 2 : marker === MEDIUM ? 4 : 10
    const length =
      marker <= SHORT_MAX
        ? marker
        : marker === MEDIUM
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2))
    yield bytes.toString('utf8', at + header, at + header + length)
    at += header + length
  }
}
