import { ImportPreview, PreviewImport } from '../../../protocol/structure.ts'
import { command } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { findOrganization, isAdministratorAsking } from '../organization/index.ts'
import { actorIdOf, digestOf, IMPORT_BODY_BYTES, readFile } from './prepare-import.ts'
import { previewList } from './preview-list.ts'
import { beginSnapshot } from './store.ts'

/** A command only because of its large body: it writes nothing, and reads one snapshot. */
export const previewImport = command({
  name: 'import.preview',
  summary:
    'Show what an employee list would create, change and deactivate, its faulty rows, and the groups before and after.',
  input: PreviewImport,
  output: ImportPreview,
  over: 'http',
  bodyBytes: IMPORT_BODY_BYTES,

  lock: ({ tx }) => beginSnapshot(tx),
  allow: isAdministratorAsking,

  async run(ctx, input) {
    const organization = await findOrganization(ctx.tx, input.organizationId)
    if (!organization) throw new Refusal('access.refused')
    const file = await readFile(input)
    await using list = file.list
    const { isComplete } = input
    const beside = { organization, actorId: actorIdOf(ctx), isComplete, source: 'import' as const }
    return { digest: digestOf(file, input, organization), ...(await previewList(ctx.tx, list, beside)) }
  },
})
