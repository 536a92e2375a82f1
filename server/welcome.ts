import { z } from 'zod'
import { isMailSet } from './features/dispatch/index.ts'
import { OrganizationList } from '../protocol/organization.ts'
import type { Caller } from './platform/execute.ts'
import { databaseUrl, dataFolder, host, publicUrl } from './platform/server-settings.ts'
import type { RunningServer } from './start-server.ts'

const operator: Caller = { actor: { kind: 'operator' }, source: '127.0.0.1', transport: 'http' }

/** Tells the operator where the server is and what to do next; with `isDemo` loads the sample organization first. */
export async function welcome(server: RunningServer, { isDemo }: { isDemo: boolean }): Promise<void> {
  const { settings, executor } = server
  const home = settings.get(publicUrl)
  const ask = (name: string, input: object) => executor.execute(name, input, operator)
  const lines = isDemo ? await (await import('./demo.ts')).loadDemo(ask, home) : []
  const { organizations } = OrganizationList.parse(await ask('organization.list', {}))
  const isReachable = settings.get(host) !== '127.0.0.1'
  const names = organizations.map(({ name }) => name).join(', ')
  tell([
    `Shoptalk runs at ${home}`,
    `  Data           ${settings.get(dataFolder)}`,
    ...(settings.get(databaseUrl) ? ['  Database       that of DATABASE_URL'] : []),
    `  Organizations  ${names || 'none yet'}`,
    ...(isMailSet(settings)
      ? []
      : ['  Mail           not set (SMTP_URL): access codes appear here, and to administrators']),
    ...(isReachable ? [] : ['  Reachable      from this machine alone; PUBLIC_URL opens it to others']),
    ...(names ? [] : ['', `Set it up here:  ${await makeLink(ask)}`]),
    ...lines,
    '',
    'Ctrl-C stops it.',
  ])
}

const Link = z.object({ link: z.string() })
const makeLink = async (ask: (name: string, input: object) => Promise<unknown>) =>
  Link.parse(await ask('setup.create-link', {})).link

/** Past the log: links open doors. */
const tell = (lines: readonly string[]) => void process.stdout.write(`\n${lines.join('\n')}\n\n`)
