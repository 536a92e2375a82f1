import type { WalletKind } from '../../../protocol/wallets.ts'
import { GetWallets, Wallets } from '../../../protocol/wallets.ts'
import { query } from '../../platform/command.ts'
import type { Settings } from '../../platform/settings.ts'
import { appleWalletFile, googleIssuerOf } from './settings.ts'

export const getWallets = query({
  name: 'wallet.options',
  summary: 'The wallets of phones into which coupons of this server can be put.',
  input: GetWallets,
  output: Wallets,
  allow: () => true,
  run: async ({ settings }) => ({ wallets: walletsOf(settings) }),
})

export function walletsOf(settings: Settings): WalletKind[] {
  const apple = settings.get(appleWalletFile) ? (['apple'] as const) : []
  return googleIssuerOf(settings) ? [...apple, 'google'] : [...apple]
}
