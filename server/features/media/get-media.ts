import { GetMedia, Media } from '../../../protocol/media.ts'
import { personOf, query } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { isPresent } from './access.ts'
import { findMedia } from './store.ts'
import { toMedia } from './view.ts'

export const getMedia = query({
  name: 'media.get',
  summary: 'What has become of an upload of one’s own; once it is ready, the part that a message takes.',
  input: GetMedia,
  output: Media,
  allow: (ctx, { organizationId }) => isPresent(ctx.tx, organizationId, personOf(ctx)),

  async run(ctx, { organizationId, mediaId }) {
    const row = await findMedia(ctx.tx, mediaId)
    if (row?.organizationId !== organizationId || row.ownerId !== personOf(ctx))
      throw new Refusal('media.not-found', { path: 'mediaId' })
    return toMedia(row)
  },
})
