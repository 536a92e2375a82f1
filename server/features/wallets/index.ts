import type { Feature } from '../../platform/feature.ts'
import { followChanges } from '../coupons/index.ts'
import { addToWallet } from './add-to-wallet.ts'
import { addRoutes } from './apple-service.ts'
import { followCoupons } from './follow-coupons.ts'
import { getWallets } from './get-wallets.ts'
import { tellApple, tellGoogle } from './jobs.ts'
import { applePushUrl, appleWalletFile, googleWalletFile, googleWalletIssuer, googleWalletUrl } from './settings.ts'

followChanges(followCoupons)

/** Coupons in Apple Wallet and Google Wallet. */
export const feature: Feature = {
  name: 'wallets',
  definitions: [getWallets, addToWallet],
  jobs: [tellApple, tellGoogle],
  settings: [appleWalletFile, applePushUrl, googleWalletFile, googleWalletIssuer, googleWalletUrl],
  addRoutes,
}
