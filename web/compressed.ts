import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const compress = promisify(brotliCompress)
const worthwhile = /\.(js|css|html|svg|wasm|webmanifest)$/
/** One packet holds what is smaller. */
const SMALL_BYTES = 1_400
/** The next ones take ten times as long for a twentieth. */
const QUALITY = 9

/** Beside each file its short form, which the server hands out as it is: the app is a third as large on the way. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir = '' }) {
        const entries = await readdir(dir, { recursive: true, withFileTypes: true })
        const paths = entries
          .filter(({ name }) => worthwhile.test(name))
          .map((entry) => join(entry.parentPath, entry.name))
        await Promise.all(paths.map(shorten))
      },
    },
  }
}

async function shorten(path: string) {
  const content = await readFile(path)
  if (content.length < SMALL_BYTES) return
  await writeFile(`${path}.br`, await compress(content, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }))
}
