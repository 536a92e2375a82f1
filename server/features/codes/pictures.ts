import type { FastifyInstance } from 'fastify'
import { renderSVG } from 'uqr'
import type { Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { readToken } from './token.ts'

const YEAR_S = 31_536_000
/** Modules of white around it, as ISO/IEC 18004 asks for. */
const QUIET_ZONE = 4

/** The picture of a code. It says nothing that is not in its address, so it may be kept by whoever likes. */
export function addPictures(server: FastifyInstance, { seal, settings }: Pick<Tools, 'seal' | 'settings'>): void {
  server.get<{ Params: { file: string } }>('/qr/:file', async (request, reply) => {
    const token = /^(.+)\.svg$/.exec(request.params.file)?.[1] ?? ''
    if (!readToken(seal, token)) throw new Refusal('scan.unknown')
    const svg = renderSVG(`${settings.get(publicUrl)}/c/${token}`, { ecc: 'M', border: QUIET_ZONE })
    return reply
      .header('cache-control', `public, max-age=${YEAR_S}, immutable`)
      .header('content-type', 'image/svg+xml; charset=utf-8')
      .send(svg)
  })
}
