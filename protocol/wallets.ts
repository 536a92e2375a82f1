import { z } from 'zod'
import { OrganizationId } from './ids.ts'

/** Wallets of phones into which a coupon can be put. */
export const WalletKind = z.enum(['apple', 'google'])
export type WalletKind = z.infer<typeof WalletKind>

export const GetWallets = z.strictObject({})
/** Those that this server is set up for. */
export const Wallets = z.object({ wallets: z.array(WalletKind) })

export const AddToWallet = z.strictObject({
  organizationId: OrganizationId,
  couponId: z.uuid(),
  wallet: WalletKind,
})
/** Where the customer's browser goes next. Apple's is good for ten minutes. */
export const WalletLink = z.object({ url: z.url() })
