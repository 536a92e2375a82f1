/**
 * A server that does nothing but run a database, for tests that kill it: `node supervised-server.ts FOLDER`. It tells
 * what happens in lines of JSON, stops on SIGTERM, and takes SIGINT for the beginning of a drain that never ends.
 */
import { PostgresProblem, startPostgres } from '../index.ts'

const [dataFolder = ''] = process.argv.slice(2)
const tell = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
const quiet = (): void => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

process.on('SIGINT', () => tell({ event: 'draining' }))
try {
  const postgres = await startPostgres({ dataFolder, log })
  process.once('SIGTERM', () => void postgres.stop().then(() => tell({ event: 'stopped' })))
  tell({ event: 'ready', url: postgres.url, pid: postgres.pid(), clusterFolder: postgres.clusterFolder })
} catch (error) {
  tell({ event: 'problem', code: error instanceof PostgresProblem ? error.code : String(error) })
}
