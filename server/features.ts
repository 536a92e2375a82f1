/**
 * Every feature, in order: the table of contents of the product. A feature may use platform/ and the features before
 * it.
 */
export const order = [
  'dispatch',
  'identity',
  'organization',
  'audit',
  'delivery',
  'contacts',
  'fields',
  'conversations',
  'media',
  'structure',
  // Further sources of the chart, each in a folder of its own; lists and changes by hand are in `structure`.
  'scim',
  'ldap',
  'sign-in',
  'reports',
  'codes',
  'coupons',
  'wallets',
  'orders',
] as const
