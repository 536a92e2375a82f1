import { v7 as uuidv7 } from 'uuid'
import { AddToWallet, WalletLink } from '../../../protocol/wallets.ts'
import { command, personOf } from '../../platform/command.ts'
import { Refusal } from '../../platform/refusal.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import { linkTo } from './apple-proof.ts'
import { walletsOf } from './get-wallets.ts'
import { signGoogleLink } from './google-link.ts'
import { offerOf } from './google-offer.ts'
import { readFace } from './read-face.ts'
import { googleIssuerOf } from './settings.ts'
import { putPass } from './store.ts'

export const addToWallet = command({
  name: 'wallet.add',
  summary:
    'Put one of your coupons into the wallet of your phone: answers the link that does it. It stays what it is here, ' +
    'and shows as used there once it is used.',
  input: AddToWallet,
  output: WalletLink,

  lock: (ctx, { couponId }) => readFace(ctx, { couponId, personId: personOf(ctx) }),
  allow: (_ctx, { organizationId }, face) => face?.organizationId === organizationId && face.isTheirs,

  async run(ctx, { organizationId, couponId, wallet }, face) {
    const { tx, settings, seal, now } = ctx
    if (!walletsOf(settings).includes(wallet)) throw new Refusal('wallet.unavailable', { path: 'wallet' })
    if (!face || face.state.kind !== 'usable') throw new Refusal('wallet.coupon-over', { path: 'couponId' })
    const home = settings.get(publicUrl)
    const row = { id: uuidv7(), organizationId, couponId, personId: personOf(ctx), wallet }
    const passId = await putPass(tx, row, now)
    if (wallet === 'apple') return { url: home + linkTo(seal, passId, now) }
    const issuer = googleIssuerOf(settings)
    if (!issuer) throw new Refusal('wallet.unavailable', { path: 'wallet' })
    const { account, issuerId } = issuer
    return { url: await signGoogleLink(offerOf(face, passId, issuerId), { account, home, now }) }
  },
})
