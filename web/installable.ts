import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import sharp from 'sharp'
import { build, type Plugin } from 'vite'

const WORKER = 'sw.js'
const source = join(import.meta.dirname, 'src/offline/worker.ts')
const mark = join(import.meta.dirname, 'public/icon.svg')

/** Makes the app one that browsers install, and that opens without network: its icons, and its worker. */
export function installable(): Plugin {
  return {
    name: 'installable',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir }) {
        if (dir === undefined) throw new Error('The web app is built into a folder.')
        await drawIcons(dir)
        await writeFile(join(dir, WORKER), await buildWorker(await filesIn(dir)))
      },
    },
  }
}

type Icon = { file: string; size: number; isWhole: boolean }
/** A whole one has no round corners: phones cut it as they like, and its mark lies within what they never cut. */
const icons: readonly Icon[] = [
  { file: 'icon-192.png', size: 192, isWhole: false },
  { file: 'icon-512.png', size: 512, isWhole: false },
  { file: 'icon-maskable-512.png', size: 512, isWhole: true },
  { file: 'apple-touch-icon.png', size: 180, isWhole: true },
]
/** Of the drawing, at which it is as large as the largest icon. */
const DRAWING_PX = 64
const DPI = 72

async function drawIcons(folder: string) {
  const drawing = await readFile(mark, 'utf8')
  for (const { file, size, isWhole } of icons) {
    const svg = Buffer.from(isWhole ? drawing.replace(/ rx="\d+"/, '') : drawing)
    const image = sharp(svg, { density: (DPI * size) / DRAWING_PX }).resize(size, size)
    await writeFile(join(folder, file), await image.png({ compressionLevel: 9 }).toBuffer())
  }
}

type BuiltFile = { url: string; revision: string | null; integrity: string }

/** All that the app is made of. What is named by its content needs no revision. */
async function filesIn(folder: string): Promise<BuiltFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== WORKER && !entry.name.endsWith('.br'))
    .map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    paths.toSorted().map(async (path) => {
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('base64')
      const url = path.slice(folder.length).split(sep).join('/')
      return { url, revision: url.startsWith('/assets/') ? null : hash, integrity: `sha256-${hash}` }
    }),
  )
}

async function buildWorker(files: readonly BuiltFile[]): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    define: { BUILT_FILES: JSON.stringify(files), 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'es2023', rolldownOptions: { input: source, output: { format: 'iife' } } },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk?.type !== 'chunk') throw new Error('The worker could not be built.')
  return chunk.code
}
