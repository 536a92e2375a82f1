import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** When a process was started: together with its id this names it for ever. Undefined when it is gone. */
export function startStamp(pid: number): string | undefined {
  if (process.platform !== 'linux') return outputOfPs(pid, 'lstart=')
  const stat = readOrUndefined(`/proc/${pid}/stat`)
  // The name in parentheses may hold anything; the start time is the 20th field after it. Z is a dead one not reaped.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

/** The command line of a process; undefined when it is gone. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== 'linux') return outputOfPs(pid, 'command=')
  const text = readOrUndefined(`/proc/${pid}/cmdline`)
  return text === undefined || text === '' ? undefined : text.replaceAll('\0', ' ').trim()
}

/** Names the set of processes whose ids can be compared: a boot of a machine, or of a container. */
export function processNamespace(): string {
  if (process.platform !== 'linux') return hostname()
  return `${readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim()} ${readlinkSync('/proc/self/ns/pid')}`
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function outputOfPs(pid: number, field: string): string | undefined {
  const output = spawnSync('ps', ['-o', field, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  return output === '' ? undefined : output
}
