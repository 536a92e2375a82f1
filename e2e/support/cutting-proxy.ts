import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Stands between a server and PostgreSQL, and cuts a connection at a moment that chance would hardly hit. */
export type CuttingProxy = {
  /** The same database, through the proxy. */
  readonly url: string
  /** The next COMMIT reaches PostgreSQL, and its answer does not come back. */
  cutAfterCommit(): void
  /** The next COMMIT does not reach PostgreSQL. */
  cutBeforeCommit(): void
  readonly cuts: number
  [Symbol.asyncDispose](): Promise<void>
}

/** `Q`, its length, and the text with a zero at its end: a simple query in PostgreSQL's protocol. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1')
/** The end of its answer; statements of the same trip are answered before. */
const COMMITTED = Buffer.from('COMMIT\0', 'latin1')

export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const real = new URL(databaseUrl.replace('postgres:///', 'postgres://localhost/'))
  const realFolder = real.searchParams.get('host') ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'shoptalk-cut-'))
  const open = new Set<Socket>()
  let next: 'after' | 'before' | undefined
  let cuts = 0
  const server = createServer((client) => {
    const database = createConnection(join(realFolder, '.s.PGSQL.5432'))
    for (const socket of [client, database]) {
      open.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        database.end()
      })
    }
    let isCutting = false
    client.on('data', (chunk: Buffer) => {
      const isCommit = next !== undefined && chunk.includes(COMMIT)
      if (isCommit) cuts++
      if (isCommit && next === 'before') client.destroy()
      else database.write(chunk)
      if (!isCommit) return
      isCutting = next === 'after'
      next = undefined
    })
    database.on('data', (chunk: Buffer) => {
      if (!isCutting) client.write(chunk)
      else if (chunk.includes(COMMITTED)) client.destroy()
    })
  })
  server.listen(join(folder, '.s.PGSQL.5432'))
  await once(server, 'listening')
  return {
    url: databaseUrl.replace(/host=[^&]*/, `host=${encodeURIComponent(folder)}`),
    cutAfterCommit: () => void (next = 'after'),
    cutBeforeCommit: () => void (next = 'before'),
    get cuts() {
      return cuts
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
