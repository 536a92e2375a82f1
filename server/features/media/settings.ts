import { join, resolve } from 'node:path'
import { z } from 'zod'
import { dataFolder } from '../../platform/server-settings.ts'
import { setting, type Settings } from '../../platform/settings.ts'

export const mediaFolder = setting({
  name: 'MEDIA_FOLDER',
  meaning: 'the folder of pictures, videos and files in messages; several nodes share one',
  schema: z
    .string()
    .transform((text) => resolve(text))
    .optional(),
})

export const mediaFolderOf = (settings: Settings): string =>
  settings.get(mediaFolder) ?? join(settings.get(dataFolder), 'media')
