import { MarkAudience, Marked } from '../../../protocol/conversations.ts'
import { batchCommand } from '../../platform/command.ts'
import { announce } from '../../platform/events.ts'
import { moveMarks, rolesIn } from './store.ts'
import { showsMarks } from './view-store.ts'

const nothingBusy = new Set<string>()

export const markAudience = batchCommand({
  name: 'audience.mark',
  summary: 'Say how far one has received and read the messages of an audience. Marks only move forward.',
  input: MarkAudience,
  output: Marked,
  key: (input) => input.audienceId,
  share: (input) => input.organizationId,
  lockBatch: () => Promise.resolve({ busy: nothingBusy }), // marks are merged by maximum and need no order

  async allowBatch(tx, items) {
    const roles = await rolesIn(tx, items)
    return roles.map((role) => role !== null)
  },

  async runBatch(tx, items) {
    const moved = await moveMarks(
      tx,
      items.map(({ actorId, input }) => ({ ...input, personId: actorId })),
    )
    const shown = await showsMarks(
      tx,
      moved.map(({ audienceId }) => audienceId),
    )
    announce(
      tx,
      moved.map((mark) => {
        const version = shown.get(mark.audienceId)
        const body = { state: 'marked', ...mark }
        if (version === undefined) return { topic: `person:${mark.personId}`, body }
        return { topic: `audience:${mark.audienceId}`, version, body }
      }),
    )
    const now = new Map(moved.map((mark) => [`${mark.audienceId} ${mark.personId}`, mark]))
    return items.map(({ actorId, input }) => {
      const mark = now.get(`${input.audienceId} ${actorId}`)
      return { read: mark?.read ?? 0, delivered: mark?.delivered ?? 0 }
    })
  },
})
