import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { OrganizationList } from '../../protocol/organization.ts'
import { exportAudit, verifyAudit, type ExportOptions } from './audit.ts'
import { CommandProblem, openDoor, type Door } from './client.ts'
import { importFile, type ImportOptions } from './import.ts'
import { releaseDevices } from './release-devices.ts'

/** For whoever runs the server, on its machine: `npx shoptalk …`. Everything goes through the running server. */
const program = new Command('shoptalk')
  .description('Looks after the Shoptalk server of this machine.')
  .option('--data <folder>', 'the data folder of the server', process.env['SHOPTALK_DATA'] || 'data')

program
  .command('setup-link')
  .description('make a link that opens the wizard for an organization')
  .action(() =>
    attend(async (door) => {
      const { link } = await door.command(z.object({ link: z.string() }), 'setup.create-link')
      console.log(link)
    }),
  )

program
  .command('import <file>')
  .description('import an employee list; shows first what it would do')
  .option('--organization <name>', 'its name or id; may be left out where there is only one')
  .option('--dry-run', 'only show what it would do')
  .option('--skip-faulty', 'import the good rows although others are faulty')
  .option('--partial', 'the file does not name everybody: whoever is missing stays')
  .option('--yes', 'do not ask')
  .action((file: string, options: ImportOptions) => attend((door) => importFile(door, file, options)))

program
  .command('release-devices <address>')
  .description('sign a member out everywhere who has lost their devices')
  .option('--organization <name>', 'its name or id; may be left out where there is only one')
  .action((address: string, options: { organization?: string }) =>
    attend(async (door) => console.log(await releaseDevices(door, address, options))),
  )

program
  .command('status')
  .description('tell whether the server runs, and for whom')
  .action(() =>
    attend(async (door) => {
      const ready = await fetch(`${door.url}/readyz`)
      const { organizations } = await door.query(OrganizationList, 'organization.list')
      console.log(`The server at ${door.url} is ${ready.ok ? 'ready' : `not ready: ${(await ready.text()).trim()}`}.`)
      for (const { id, name } of organizations) console.log(`  ${name}  ${id}`)
    }),
  )

const audit = program.command('audit').description('check or export the audit log of an organization')
audit
  .command('verify')
  .description('compute the whole chain of hashes afresh; ends with 1 and names the first broken entry')
  .option('--organization <name>', 'its name or id; may be left out where there is only one')
  .option('--known <entry>', 'an entry that must still be there, as an earlier check has printed it')
  .action((options: { organization?: string; known?: string }) =>
    attend(async (door) => console.log((await verifyAudit(door, options)).join('\n'))),
  )
audit
  .command('export')
  .description('write all entries, in order')
  .option('--organization <name>', 'its name or id; may be left out where there is only one')
  .addOption(new Option('--format <format>', 'how they are written').choices(['jsonl', 'csv']).default('jsonl'))
  .option('--output <file>', 'a new file; without it they go to the terminal')
  .action((options: ExportOptions) => attend((door) => exportAudit(door, options)))

await program.parseAsync()

async function attend(work: (door: Door) => Promise<void>): Promise<void> {
  try {
    await work(openDoor(resolve(program.opts<{ data: string }>().data)))
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
