import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { OrganizationList } from '../protocol/organization.ts'
import { AppliedImport, ImportPreview } from '../protocol/structure.ts'

/** Always the same, so that a second start with `--demo` finds it. */
const ORGANIZATION_ID = '0196d2a0-0000-7000-8000-000000000001'
const file = join(import.meta.dirname, 'samples/employees.csv')
const Employee = z.object({ first_name: z.string(), last_name: z.string(), email: z.string(), reports_to: z.string() })

/** Makes the sample organization by the same commands that everybody uses; says who can sign in. */
export async function loadDemo(
  ask: (name: string, input: object) => Promise<unknown>,
  home: string,
): Promise<string[]> {
  const content = readFileSync(file)
  const employees = z.array(Employee).parse(parse(content, { columns: true }))
  const { organizations } = OrganizationList.parse(await ask('organization.list', {}))
  if (!organizations.some(({ id }) => id === ORGANIZATION_ID)) await make(ask, content, employees)
  return [
    '',
    `In the sample organization these can sign in at ${home} with their address; the code appears in this terminal:`,
    ...employees.map(({ first_name, last_name, email }) => `  ${`${first_name} ${last_name}`.padEnd(18)} ${email}`),
  ]
}

async function make(
  ask: (name: string, input: object) => Promise<unknown>,
  content: Buffer,
  employees: readonly z.infer<typeof Employee>[],
): Promise<void> {
  const head = employees.find(({ reports_to }) => reports_to === '')
  if (!head) throw new Error(`${file} names nobody who leads the others.`)
  await ask('organization.create', {
    organizationId: ORGANIZATION_ID,
    name: 'Northwind Traders',
    administrator: { name: `${head.first_name} ${head.last_name}`, address: head.email },
  })
  const list = { organizationId: ORGANIZATION_ID, fileName: 'employees.csv', content: content.toString('base64') }
  const { digest } = ImportPreview.parse(await ask('import.preview', list))
  AppliedImport.parse(await ask('import.apply', { ...list, importId: randomUUID(), digest }))
}
