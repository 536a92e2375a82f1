import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The folder that the repository was cloned into. */
export const clone = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Something the person at the terminal has to put right; the message says how. */
export class SetupProblem extends Error {
  name = 'SetupProblem'
}

/** Runs a command that takes seconds, says so before it, and after it how long it took. */
export async function runStep(words, command, args, options) {
  const start = performance.now()
  console.log(`${words} …`)
  const result = await run(command, args, options)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${words}: ${result.code === 0 ? 'done in' : 'failed after'} ${seconds} s`)
  return result
}

/** Runs a command to its end, and returns its exit code and all it wrote. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    const collect = (chunk) => (output += chunk)
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.once('error', (error) => resolve({ code: 127, output: `${output}${error.code}: ${error.message}` }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** Words for the faults that any step can meet; undefined when the output tells of another. */
export function commonFault(output, folder) {
  if (/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(output)) {
    return `The disk that holds ${folder} is full. Free some space (see df -h ${folder}), then try again.`
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only file system/.test(output)) {
    return (
      `The folder ${folder} cannot be written by this user. Give it to the user who runs the command ` +
      '(sudo chown -R "$USER" .), or clone into a folder of your own.'
    )
  }
  return undefined
}

export function lastLines(output, count = 15) {
  return output.trimEnd().split('\n').slice(-count).join('\n')
}
