import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import type { Speaker } from './sample-talk.ts'

const list = join(import.meta.dirname, '../server/samples/orders.csv')

/** The sample's orders as past ones, and a rule that has not given anything yet. Returns the rule. */
export async function giveOrders({ organizationId, ask }: Speaker, campaignId: string): Promise<string> {
  const inside = { organizationId }
  const file = {
    ...inside,
    fileName: 'orders.csv',
    content: (await readFile(list)).toString('base64'),
    currency: 'USD',
  }
  const { digest } = Object(await ask('order.preview-import', file))
  await ask('order.import', { ...file, importId: uuidv7(), digest })
  const ruleId = uuidv7()
  const rule = {
    name: 'Large orders from Germany',
    status: 'shipped',
    form: {
      join: 'all',
      conditions: [
        { field: 'country', operator: 'is', values: ['DE'] },
        { field: 'total', operator: 'above', amount: 100_000, currency: 'USD' },
      ],
    },
    gifts: [{ campaignId }],
    message: 'Thank you for your order, {{ first_name }}.',
  }
  await ask('order-rule.put', { ...inside, ruleId, version: 0, rule })
  return ruleId
}
