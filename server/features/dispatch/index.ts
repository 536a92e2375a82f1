import type { Feature } from '../../platform/feature.ts'
import { sendDispatches, wipeDispatches as wipeJob } from './jobs.ts'
import { mailFrom, smtpUrl } from './settings.ts'

export const feature: Feature = {
  name: 'dispatch',
  definitions: [],
  jobs: [sendDispatches, wipeJob],
  settings: [smtpUrl, mailFrom],
}

export { openContent, type Content } from './content.ts'
export { queueDispatches, type NewDispatch } from './queue.ts'
export { isMailSet } from './settings.ts'
export { wipe as wipeDispatches } from './store.ts'
