import { ReturnedSignIn, ReturnSignIn } from '../../../protocol/sign-in.ts'
import { command } from '../../platform/command.ts'
import { addJob } from '../../platform/jobs.ts'
import { Refusal } from '../../platform/refusal.ts'
import { hashToken } from '../identity/index.ts'
import { returnAttempt } from './attempt-store.ts'

/** Nothing is asked of the provider here: a job does that, and `session.start-with-provider` tells what came of it. */
export const returnSignIn = command({
  name: 'sign-in.return',
  summary: 'Hand in what the provider sent the browser back with. Once, in the browser that began it.',
  input: ReturnSignIn,
  output: ReturnedSignIn,

  allow: () => true,

  async run({ tx, now, seal, browser = '' }, { sourceId: organizationId, state, ...answer }) {
    const attemptId = await returnAttempt(tx, {
      organizationId,
      stateHash: hashToken(state),
      browserHash: hashToken(browser),
      answer: seal.seal(JSON.stringify(answer)),
      now,
    })
    if (attemptId === undefined) throw new Refusal('sign-in.ended')
    await addJob(tx, 'sign-in.exchange-code', { attemptId }, { attemptsMax: 1 })
    return { attemptId }
  },
})
