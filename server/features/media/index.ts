import type { Feature } from '../../platform/feature.ts'
import { registerPartRule } from '../conversations/index.ts'
import { getMedia } from './get-media.ts'
import { mediaRule } from './part-rule.ts'

registerPartRule(mediaRule)

/** Pictures, videos and files in messages. */
export const feature: Feature = {
  name: 'media',
  definitions: [getMedia],
}
