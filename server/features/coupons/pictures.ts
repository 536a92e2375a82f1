import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Campaign, SetCampaignPicture } from '../../../protocol/coupons.ts'
import { CampaignId } from '../../../protocol/ids.ts'
import { limits } from '../../../protocol/limits.ts'
import { command } from '../../platform/command.ts'
import type { Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findPicture, putPicture, removePicture } from './campaign-store.ts'
import { viewCampaign } from './campaign-view.ts'
import { allowManaging, holdOne } from './keep-campaigns.ts'
import { tellManagers } from './tell-holders.ts'

export const setCampaignPicture = command({
  name: 'campaign.set-picture',
  summary: 'Give a campaign a picture, or take it away.',
  input: SetCampaignPicture,
  output: Campaign,
  lock: holdOne,
  allow: allowManaging,

  async run(ctx, { organizationId, campaignId, picture }) {
    if (picture === null) await removePicture(ctx.tx, campaignId)
    else {
      const content = Buffer.from(picture, 'base64')
      const type = typeOf(content)
      if (!type || content.length > limits.campaignPictureBytes)
        throw new Refusal('campaign.picture-unreadable', { path: 'picture' })
      await putPicture(ctx.tx, campaignId, { hash: hash('sha256', content, 'hex').slice(0, 32), type, content })
    }
    tellManagers(ctx.tx, organizationId)
    return viewCampaign(ctx, campaignId)
  },
})

/** By what the file begins with. Nothing that could hold a script. */
function typeOf(content: Buffer): string | undefined {
  const begins = (text: string, at = 0) => content.toString('latin1', at, at + text.length) === text
  if (begins('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (begins('\xff\xd8\xff')) return 'image/jpeg'
  return begins('RIFF') && begins('WEBP', 8) ? 'image/webp' : undefined
}

const YEAR_S = 31_536_000

/** Whoever knows the address has been shown the campaign: the hash in it cannot be guessed. */
export function addPictures(server: FastifyInstance, { database }: Pick<Tools, 'database'>): void {
  server.get<{ Params: { id: string; hash: string } }>('/coupon-pictures/:id/:hash', async (request, reply) => {
    const id = CampaignId.safeParse(request.params.id)
    const known = id.success && (await database.read((tx) => findPicture(tx, id.data, request.params.hash)))
    if (!known) throw new Refusal('campaign.not-found')
    return reply
      .header('cache-control', `public, max-age=${YEAR_S}, immutable`)
      .header('content-type', known.type)
      .header('x-content-type-options', 'nosniff')
      .send(known.content)
  })
}
