import { AskImportProgress, ImportProgress } from '../../../protocol/structure.ts'
import { query } from '../../platform/command.ts'
import { progress } from '../../platform/progress.ts'
import { actorIdOf } from './prepare-import.ts'

/** For the terminal, which has no connection to be told over. Everybody sees only their own imports. */
export const importProgress = query({
  name: 'import.progress',
  summary: 'How far an import that one has begun has come.',
  input: AskImportProgress,
  output: ImportProgress,

  allow: ({ actor }) => actor.kind !== 'nobody',

  async run(ctx, { importId }) {
    const now = progress.find(actorIdOf(ctx), importId)
    return { progress: now ? { step: now.step, done: now.done, total: now.total } : null }
  },
})
