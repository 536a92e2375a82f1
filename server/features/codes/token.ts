import { parse, stringify } from 'uuid'
import { CodeId } from '../../../protocol/codes.ts'
import type { Seal } from '../../platform/seal.ts'

const ID_BYTES = 16
const GENERATION_BYTES = 2
/** 72 bits: whoever wants to make a code up has to ask this server 2^71 times. */
const SIGNATURE_BYTES = 9
export const GENERATIONS_MAX = 2 ** (8 * GENERATION_BYTES) - 1

export type SignedCode = { id: CodeId; generation: number }

/**
 * What stands in the picture: id, generation and a signature under the server's secret. It can be made again for
 * another poster at any time, and nothing that is stored opens a door.
 */
export function tokenOf(seal: Seal, { id, generation }: SignedCode): string {
  const head = Buffer.alloc(ID_BYTES + GENERATION_BYTES)
  head.set(parse(id))
  head.writeUInt16BE(generation, ID_BYTES)
  return Buffer.concat([head, sign(seal, head)]).toString('base64url')
}

/** Undefined where this server has not signed it. */
export function readToken(seal: Seal, token: string): SignedCode | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== ID_BYTES + GENERATION_BYTES + SIGNATURE_BYTES) return undefined
  const id = CodeId.safeParse(stringifyOrNothing(bytes.subarray(0, ID_BYTES)))
  if (!id.success) return undefined
  const signed = { id: id.data, generation: bytes.readUInt16BE(ID_BYTES) }
  // Also refuses the same bytes in another spelling.
  return tokenOf(seal, signed) === token ? signed : undefined
}

function stringifyOrNothing(bytes: Uint8Array): string {
  try {
    return stringify(bytes)
  } catch {
    return ''
  }
}

const sign = (seal: Seal, head: Buffer) =>
  seal.mac(`scan code ${head.toString('base64url')}`).subarray(0, SIGNATURE_BYTES)
