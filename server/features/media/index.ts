import type { Feature } from '../../platform/feature.ts'
import { registerPartRule } from '../conversations/index.ts'
import { checkMedia } from './check-media.ts'
import { addFigures } from './counts.ts'
import { filesIn } from './files.ts'
import { forgetPerson } from './forget-person.ts'
import { getMedia } from './get-media.ts'
import { addLoading } from './load-media.ts'
import { mediaRule } from './part-rule.ts'
import { mediaFolder, mediaFolderOf } from './settings.ts'
import { sweepFiles, tidyMedia } from './tidy.ts'
import { addUploads } from './uploads.ts'

registerPartRule(mediaRule)

/** Pictures, videos and files in messages. */
export const feature: Feature = {
  name: 'media',
  definitions: [getMedia],
  jobs: [checkMedia, tidyMedia, sweepFiles],
  reactions: [forgetPerson],
  settings: [mediaFolder],
  async addRoutes(server, tools) {
    const door = { ...tools, files: filesIn(mediaFolderOf(tools.settings)) }
    await addUploads(server, door)
    addLoading(server, door)
    addFigures(door)
  },
}
