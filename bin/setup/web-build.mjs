import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from './lock.mjs'
import { SetupProblem, commonFault, lastLines, runStep } from './report.mjs'

const sources = ['package-lock.json', 'protocol', 'sdk', 'web']
const notSources = new Set(['dist', 'node_modules'])

/** Builds the web app into web/dist, unless it was built from the same sources. */
export async function buildWeb(clone) {
  if (!existsSync(join(clone, 'web', 'vite.config.ts'))) return
  const target = join(clone, 'web', 'dist')
  const stamp = join(stateFolder(clone), 'web-build.txt')
  const hash = hashSources(clone)
  if (existsSync(join(target, 'index.html')) && readOrEmpty(stamp) === hash) return

  // Built aside and put in place at once: another server of this clone may be serving the old one.
  const fresh = join(stateFolder(clone), 'web-fresh')
  const old = join(stateFolder(clone), 'web-old')
  const vite = join(clone, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', 'web', '--config', 'web/vite.config.ts', '--outDir', fresh, '--emptyOutDir']
  const { code, output } = await runStep('Building the web app', nodeCommand(clone), args, { cwd: clone })
  if (code !== 0) {
    throw new SetupProblem(commonFault(output, clone) ?? `The web app could not be built:\n\n${lastLines(output, 40)}`)
  }
  try {
    rmSync(old, { recursive: true, force: true })
    if (existsSync(target)) renameSync(target, old)
    mkdirSync(join(clone, 'web'), { recursive: true })
    renameSync(fresh, target)
    writeFileSync(stamp, hash)
    rmSync(old, { recursive: true, force: true })
  } catch (error) {
    throw new SetupProblem(
      commonFault(String(error), clone) ?? `The web app could not be put in place: ${String(error)}`,
    )
  }
}

function nodeCommand(clone) {
  const own = join(clone, 'node_modules', '.bin', 'node')
  return existsSync(own) ? own : 'node'
}

function hashSources(clone) {
  const hash = createHash('sha256')
  const add = (path) => {
    const whole = join(clone, path)
    // oxlint-disable-next-line unicorn/no-array-sort -- toSorted came with Node 20
    for (const entry of readdirSync(whole, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (notSources.has(entry.name) || entry.name.includes('.test.')) continue
      const inner = join(path, entry.name)
      if (entry.isDirectory()) add(inner)
      else
        hash
          .update(`${inner}\0`)
          .update(readFileSync(join(clone, inner)))
          .update('\0')
    }
  }
  for (const source of sources) {
    if (!existsSync(join(clone, source))) continue
    if (source.endsWith('.json')) hash.update(readFileSync(join(clone, source)))
    else add(source)
  }
  return hash.digest('hex')
}

function readOrEmpty(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
