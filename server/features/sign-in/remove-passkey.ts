import { z } from 'zod'
import { RemovePasskey } from '../../../protocol/sign-in.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { recordOwnAct } from '../identity/index.ts'
import { deletePasskey } from './store.ts'

export const removePasskey = command({
  name: 'passkey.remove',
  summary: 'Forget a passkey of one’s own: nobody signs in with it any more.',
  input: RemovePasskey,
  output: z.object({}),

  allow: (ctx) => personOf(ctx) !== undefined,

  async run(ctx, { passkeyId }) {
    const personId = personOf(ctx)
    if (!(await deletePasskey(ctx.tx, { id: passkeyId, personId }))) throw new Refusal('access.refused')
    await recordOwnAct(ctx, personId, { act: 'passkey.removed' })
    return {}
  },
})
