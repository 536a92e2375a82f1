import { z } from 'zod'
import { RenamePasskey } from '../../../protocol/sign-in.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { renamePasskey as rename } from './store.ts'

export const renamePasskey = command({
  name: 'passkey.rename',
  summary: 'Give a passkey of one’s own another name, by which one knows it again.',
  input: RenamePasskey,
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { passkeyId, name }) {
    if (!(await rename(ctx.tx, { id: passkeyId, personId: personOf(ctx), name }))) throw new Refusal('access.refused')
    return {}
  },
})
