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
  'conversations',
  'structure',
] as const
