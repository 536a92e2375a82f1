import type { PersonId } from '../../../protocol/ids.ts'
import type { Context } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'
import { hashToken, makeToken } from './secrets.ts'
import * as store from './browser-store.ts'

/** Of one person; the one used least recently is forgotten. */
const BROWSERS_MAX = 20

/** The token of this browser; it gets one where it has none. Undefined for clients that keep no cookies. */
export function browserOf(ctx: Pick<Context, 'browser' | 'setBrowser'>): string {
  if (ctx.browser !== undefined) return ctx.browser
  const token = makeToken()
  ctx.setBrowser(token)
  return token
}

/**
 * Notes that this person has signed in with this browser. What a stranger does to the person's address does not keep
 * them out of it: it is counted apart.
 */
export async function rememberBrowser(
  ctx: Pick<Context, 'tx' | 'now' | 'browser' | 'setBrowser'>,
  personId: PersonId,
): Promise<void> {
  const tokenHash = hashToken(browserOf(ctx))
  await store.putBrowser(ctx.tx, { tokenHash, personId, now: ctx.now })
  await store.forgetBrowsers(ctx.tx, { personId, keep: BROWSERS_MAX })
}

/** Whether somebody whose address this is has signed in with this browser. The same work for every address. */
export async function isKnownBrowser(ctx: Pick<Context, 'tx' | 'browser'>, address: string): Promise<boolean> {
  return store.isKnownBrowser(ctx.tx, { tokenHash: hashToken(ctx.browser ?? ''), address })
}

/**
 * Ends all ways to sign in but a fresh code: passkeys, what providers have linked, and the browsers that are known. For
 * whoever has lost a device, or might have been signed in by somebody else.
 */
export async function forgetProofs(tx: Tx, personIds: readonly PersonId[]): Promise<void> {
  if (personIds.length > 0) await store.deleteProofs(tx, personIds)
}
