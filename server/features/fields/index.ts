import type { Feature } from '../../platform/feature.ts'
import { listFields } from './list-fields.ts'

export const feature: Feature = { name: 'fields', definitions: [listFields] }

export { registerFieldSource, fillFor, fillForNobody, templateOf, type FilledFor } from './fill.ts'
export type { MessageTemplate } from './template.ts'
export type { Asked, FieldSource, FieldValue, Values } from './values.ts'
