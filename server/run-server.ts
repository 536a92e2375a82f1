import { flushCompileCache } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { createLog } from './platform/log.ts'
import { KeyFileProblem } from './platform/key-files.ts'
import { MigrationProblem } from './platform/migrate.ts'
import { PostgresProblem } from './platform/postgres/index.ts'
import { host, logLevel, port } from './platform/server-settings.ts'
import { SettingsProblem, type Settings } from './platform/settings.ts'
import { readAllSettings, startServer, type RunningServer } from './start-server.ts'
import { welcome } from './welcome.ts'

/** Longer than any orderly end takes. */
const STOP_MAX_MS = 30_000

await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<void> {
  const unknown = words.filter((word) => word !== '--demo')
  if (unknown.length > 0) return giveUp(`Unknown: ${unknown.join(' ')}\nUsage: npm start [-- --demo]`)
  let settings: Settings | undefined
  try {
    settings = await readAllSettings(process.env)
    const stopped = stopAsked()
    const server = await startServer(settings, createLog(settings.get(logLevel)))
    await welcome(server, { isDemo: words.includes('--demo') })
    flushCompileCache() // a server that is killed later would not
    await stopped
    await end(server)
  } catch (error) {
    giveUp(explain(error, settings))
  }
}

/** The first signal asks for an orderly end; the second ends at once, and the database's guard ends the database. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0
    const ask = () => {
      if (++asked > 1) process.exit(1)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  })
}

async function end(server: RunningServer): Promise<void> {
  console.log('Stopping …')
  const timeout = new AbortController()
  const done = await Promise.race([
    server.stop().then(() => true),
    setTimeout(STOP_MAX_MS, false, { signal: timeout.signal }),
  ])
  timeout.abort()
  if (!done)
    console.error(`It did not end in ${STOP_MAX_MS / 1_000} s and is cut off. Nothing that was acknowledged is lost.`)
  process.exit(done ? 0 : 1)
}

function giveUp(text: string): void {
  console.error(`\n${text}\n`)
  process.exit(1)
}

/** What the operator can mend is said in plain words; everything else with its origin. */
function explain(error: unknown, settings: Settings | undefined): string {
  const isPlain = [SettingsProblem, KeyFileProblem, MigrationProblem, PostgresProblem].some(
    (kind) => error instanceof kind,
  )
  if (isPlain && error instanceof Error) return error.message
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = settings && `${settings.get(host)}:${settings.get(port)}`
  if (code === 'EADDRINUSE')
    return `Port ${settings?.get(port)} is taken by another program. Choose another: PORT=8081 npm start`
  if (code === 'EACCES' && where)
    return `This user may not listen on ${where}. Choose a port above 1023: PORT=8080 npm start`
  if (code === 'EADDRNOTAVAIL' && where) return `${where} is not an address of this machine. Check HOST.`
  if (error instanceof Error && 'hostname' in error && error.hostname === settings?.get(host))
    return `HOST=${settings?.get(host)} is not an address of this machine, and no name of one.`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
