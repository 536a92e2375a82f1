import { spawnSync } from 'node:child_process'
import { chownSync, readFileSync, statSync } from 'node:fs'
import { PostgresProblem } from './problem.ts'

/** The unprivileged user that PostgreSQL runs as when the server runs as root. */
export type OperatingUser = { uid: number; gid: number }

/**
 * PostgreSQL refuses to run as root. Started by root it runs as the owner of the data it finds, else as `postgres`,
 * else as `nobody`; started by anybody else, as that user, for which this returns undefined.
 */
export function chooseOperatingUser(clusterFolder: string | undefined): OperatingUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = clusterFolder === undefined ? undefined : statSync(clusterFolder, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const user = userNamed('postgres') ?? userNamed('nobody')
  if (user) return user
  throw new PostgresProblem(
    'postgres.no_user',
    'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as. ' +
      'Start the server as an ordinary user, or create one: useradd --system postgres',
  )
}

/** Whether the user that will run PostgreSQL can enter a folder. The system is asked, which knows all its rules. */
export function canEnter(folder: string, user: OperatingUser | undefined): boolean {
  const attempt = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { cwd: '/', stdio: 'ignore', ...user })
  return attempt.status === 0
}

export function giveTo(user: OperatingUser | undefined, path: string): void {
  if (user) chownSync(path, user.uid, user.gid)
}

function userNamed(name: string): OperatingUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}
