import { z } from 'zod'
import { MediaId, OrganizationId, type PersonId } from '../../../protocol/ids.ts'
import type { Tools } from '../../platform/feature.ts'
import { Refusal } from '../../platform/refusal.ts'
import { lockPersons } from '../identity/index.ts'
import { isPresent } from './access.ts'
import { admitUpload, cleanName } from './rules.ts'
import { findMedia, insertMedia, standingOf, type MediaRow } from './store.ts'
import { KEEP_UNUSED_MS, scheduleSweeping, scheduleTidying } from './tidy-times.ts'

/** What the metadata of a new upload says; further values are nobody's business. */
const Metadata = z.object({
  organizationId: OrganizationId,
  mediaId: MediaId,
  name: z.string().min(1).max(1_000),
  type: z
    .string()
    .max(100)
    .regex(/^[\w.+-]+\/[\w.+-]+$/)
    .or(z.literal(''))
    .default(''),
})

export type NewUpload = Pick<MediaRow, 'id' | 'organizationId' | 'name' | 'claimedType' | 'size'>

/** Reads the headers `Upload-Length` and `Upload-Metadata` of the tus protocol. */
export function readNewUpload(length: string | undefined, metadata: string | undefined): NewUpload {
  if (length === undefined || !/^\d{1,15}$/.test(length))
    throw new Refusal('media.invalid', { message: 'Say in Upload-Length how many bytes there are.' })
  const read = Metadata.safeParse(decode(metadata ?? ''))
  if (!read.success) {
    const path = read.error.issues[0]?.path.join('.') ?? ''
    throw new Refusal('media.invalid', { path, message: `Upload-Metadata lacks ${path}, or it cannot be read.` })
  }
  const { organizationId, mediaId, name, type } = read.data
  const id = MediaId.parse(mediaId.toLowerCase())
  return { id, organizationId, name: cleanName(name), claimedType: type.toLowerCase(), size: Number(length) }
}

/** `key base64,key base64` */
const decode = (metadata: string) =>
  Object.fromEntries(
    metadata.split(',').map((pair) => {
      const [key = '', value = ''] = pair.trim().split(' ')
      return [key, Buffer.from(value, 'base64').toString('utf8')]
    }),
  )

/** The same upload twice is one. */
export async function beginUpload(
  { database, clock }: Pick<Tools, 'database' | 'clock'>,
  ownerId: PersonId,
  upload: NewUpload,
): Promise<void> {
  const now = clock()
  await database.transaction(async (tx) => {
    await lockPersons(tx, [ownerId]) // who begins many at once is counted right
    if (!(await isPresent(tx, upload.organizationId, ownerId))) throw new Refusal('access.refused')
    const known = await findMedia(tx, upload.id)
    if (known && !isSame(known, { ...upload, ownerId })) throw new Refusal('media.id-taken')
    if (known) return
    admitUpload(await standingOf(tx, ownerId, new Date(now.getTime() - KEEP_UNUSED_MS)), upload)
    await insertMedia(tx, { ...upload, ownerId }, now)
    await scheduleTidying(tx, now)
    await scheduleSweeping(tx, now)
  })
}

/** The name is another one once the server has found out what it is. */
const isSame = (known: MediaRow, { ownerId, organizationId, size }: NewUpload & { ownerId: PersonId }) =>
  known.ownerId === ownerId && known.organizationId === organizationId && known.size === size
