import type { Feature } from '../../platform/feature.ts'

/** Delivery has no commands of its own: it carries what the others have committed to whoever hears it. */
export const feature: Feature = { name: 'delivery', definitions: [] }

export { Delivery } from './delivery.ts'
export type { PersonalEvent, Sources } from './sources.ts'
