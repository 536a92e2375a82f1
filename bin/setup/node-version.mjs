import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SetupProblem } from './report.mjs'

const majorMin = 24

/** Makes sure that `node` in an npm script is new enough: the one npm installed for us, else the machine's own. */
export function checkNode(clone) {
  const own = join(clone, 'node_modules', '.bin', 'node')
  if (existsSync(own)) {
    if (majorOf(own) >= majorMin) return
    // It does not run here (a system without glibc, say), and it stands before the machine's own in the path.
    rmSync(own, { force: true })
  }
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(clone, 'node_modules')))
  const found = majorOf('node', path.join(delimiter))
  if (found >= majorMin) return
  const here = found === 0 ? 'There is none here' : `Here is Node.js ${found}`
  throw new SetupProblem(
    `Shoptalk runs on Node.js ${majorMin} or newer. ${here}, and npm has no build of it for this machine ` +
      `(${process.platform} ${process.arch}). Install Node.js ${majorMin} from nodejs.org or your system.`,
  )
}

function majorOf(command, path = process.env.PATH) {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', env: { ...process.env, PATH: path } })
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0)
}
