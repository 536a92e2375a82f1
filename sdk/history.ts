import type { AudienceId } from '../protocol/ids.ts'
import type { Ask } from './commands.ts'
import { RequestError } from './request-error.ts'
import { hasOlder } from './selectors.ts'
import type { Store } from './store.ts'

export type History = { load(audienceId: AudienceId, limit: number): Promise<{ hasMore: boolean }> }

/** How often a page is asked for again whose log was set back meanwhile. */
const ATTEMPTS_MAX = 5

/** Loads older pages, one at a time for each audience. */
export function createHistory({ store, ask }: { store: Store; ask: Ask }): History {
  const loading = new Map<AudienceId, Promise<{ hasMore: boolean }>>()

  async function loadPage(audienceId: AudienceId, limit: number): Promise<{ hasMore: boolean }> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const audience = store.state.audiences.get(audienceId)
      const before = store.state.logs.get(audienceId)?.from
      if (!audience || before === undefined) throw new RequestError('audience.unknown')
      if (!hasOlder(store.state, audienceId)) return { hasMore: false }
      store.apply({ kind: 'page-asked', audienceId })
      const page = await askPage({ organizationId: audience.organizationId, audienceId, before, limit })
      store.apply({ kind: 'page', audienceId, before, page })
      const after = store.state.logs.get(audienceId)?.from
      if (after !== undefined && after < before) break
    }
    return { hasMore: hasOlder(store.state, audienceId) }
  }

  async function askPage(input: { organizationId: string; audienceId: AudienceId; before: number; limit: number }) {
    try {
      return await ask('message.history', input)
    } catch (error) {
      store.apply({ kind: 'page', audienceId: input.audienceId, before: input.before, page: null })
      throw error
    }
  }

  return {
    load(audienceId, limit) {
      const running = loading.get(audienceId)
      if (running) return running
      const started = loadPage(audienceId, limit).finally(() => loading.delete(audienceId))
      loading.set(audienceId, started)
      return started
    },
  }
}
