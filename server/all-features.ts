import { feature as audit } from './features/audit/index.ts'
import { feature as codes } from './features/codes/index.ts'
import { feature as contacts } from './features/contacts/index.ts'
import { feature as conversations } from './features/conversations/index.ts'
import { feature as coupons } from './features/coupons/index.ts'
import { feature as delivery } from './features/delivery/index.ts'
import { feature as dispatch } from './features/dispatch/index.ts'
import { feature as fields } from './features/fields/index.ts'
import { feature as identity } from './features/identity/index.ts'
import { feature as ldap } from './features/ldap/index.ts'
import { feature as media } from './features/media/index.ts'
import { feature as orders } from './features/orders/index.ts'
import { feature as organization } from './features/organization/index.ts'
import { feature as reports } from './features/reports/index.ts'
import { feature as signIn } from './features/sign-in/index.ts'
import { feature as structure } from './features/structure/index.ts'
import { feature as scim } from './features/scim/index.ts'
import { feature as wallets } from './features/wallets/index.ts'
import type { Feature } from './platform/feature.ts'

/** The features themselves, in the order of `features.ts`. */
export const features: readonly Feature[] = [
  dispatch,
  identity,
  organization,
  audit,
  delivery,
  contacts,
  fields,
  conversations,
  media,
  structure,
  scim,
  ldap,
  signIn,
  reports,
  codes,
  coupons,
  wallets,
  orders,
]
