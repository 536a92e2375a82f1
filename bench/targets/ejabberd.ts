import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePort, startProgram, temporaryFolder, untilAnswers } from '../processes.ts'
import type { Peer } from './peer.ts'
import { openPool, startPeerPostgres, type PeerPostgres } from './postgres.ts'

const PACKAGES = ['ejabberd', 'erlang-p1-pgsql']
const ERL = '/usr/bin/erl'
const SCHEMA = '/usr/share/ejabberd/sql/pg.sql'
const LIBRARIES = '/usr/lib/x86_64-linux-gnu'

/** Why ejabberd cannot be measured here; undefined when it can. Root may have it installed. */
export function findEjabberd({ mayInstall }: { mayInstall: boolean }): string | undefined {
  if (isInstalled()) return undefined
  const how = `needs Debian's packages ${PACKAGES.join(' and ')}`
  if (!mayInstall || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return how
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  spawnSync('apt-get', ['update', '-q'], { env })
  const { stderr } = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], {
    env,
    encoding: 'utf8',
  })
  return isInstalled() ? undefined : `${how}, which could not be installed: ${stderr.trim().slice(-300)}`
}

const isInstalled = () => existsSync(ERL) && existsSync(SCHEMA) && libraryFolder() !== undefined

function libraryFolder(): string | undefined {
  return existsSync(LIBRARIES) ? readdirSync(LIBRARIES).find((name) => /^ejabberd-[\d.]+$/.test(name)) : undefined
}

/** ejabberd with its archive in PostgreSQL, everybody in rooms without a password, no TLS. */
export async function startEjabberd(): Promise<Peer> {
  await using stack = new AsyncDisposableStack()
  const postgres = stack.use(await startPeerPostgres())
  const pool = openPool(postgres.url, 1)
  stack.defer(() => pool.end())
  await pool.query(readFileSync(SCHEMA, 'utf8'))
  const { path } = stack.use(temporaryFolder())
  const port = await freePort()
  const config = join(path, 'ejabberd.yml')
  writeFileSync(config, configuration(port, postgres))
  const spool = join(path, 'spool')
  mkdirSync(spool)
  chmodSync(spool, 0o777)
  // Erlang directly, not through ejabberdctl: without a node's name nothing is left behind, and its process is ours to
  // end.
  const program = stack.use(
    startProgram({
      command: ERL,
      args: ['-noinput', '+K', 'true', '+P', '250000', '-mnesia', 'dir', JSON.stringify(spool), '-s', 'ejabberd'],
      options: {
        cwd: spool,
        env: {
          PATH: '/usr/bin:/bin',
          HOME: spool,
          ERL_LIBS: LIBRARIES,
          ERL_MAX_PORTS: '32000',
          EJABBERD_CONFIG_PATH: config,
          EJABBERD_LOG_PATH: join(spool, 'ejabberd.log'),
        },
      },
    }),
  )
  await untilAnswers(program, async () => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    return true
  })
  const closing = stack.move()
  return {
    name: 'ejabberd',
    port,
    program,
    speech: 'xmpp',
    answeredBy: { direct: 'receipt', group: 'echo' },
    stored: {
      count: async () => (await pool.query<{ count: number }>('select count(*)::int from archive')).rows[0]?.count ?? 0,
      rows: { direct: 2, group: 1 },
    },
    room: (index) => `room-${index}@conference.localhost`,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function configuration(port: number, postgres: PeerPostgres): string {
  return `loglevel: error
hosts: [localhost]
auth_method: anonymous
anonymous_protocol: sasl_anon
allow_multiple_connections: true
sql_type: pgsql
sql_server: 127.0.0.1
sql_port: ${postgres.port}
sql_database: postgres
sql_username: postgres
sql_password: x
sql_pool_size: 8
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    starttls: false
    access: all
modules:
  mod_ping: {}
  mod_disco: {}
  mod_mam: {db_type: sql, default: always}
  mod_muc:
    access: all
    access_create: all
    access_persistent: all
    db_type: mnesia
    max_users: 5000
    default_room_options: {max_users: 5000, mam: true, persistent: true, public: true, presence_broadcast: []}
`
}
