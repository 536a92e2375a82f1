import type { Page } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'

/** Beside those who are there. */
export async function importPeople(page: Page, { count, manager }: { count: number; manager: string }): Promise<void> {
  const numbers = Array.from({ length: count }, (_, at) => String(at + 1).padStart(3, '0'))
  const people = numbers.map((number) => `Zora Staff ${number},staff${number}@northwind.example,${manager}`)
  const content = Buffer.from(['name,email,manager', ...people].join('\n')).toString('base64')
  await page.evaluate(
    async ({ content, importId }) => {
      const ask = async (name: string, body: object) => {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(`/v1/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
        if (!response.ok) throw new Error(`${name}: ${await response.text()}`)
        return response.json()
      }
      const { memberships } = await (await fetch('/v1/session.get')).json()
      const organizationId = memberships[0].organization.id
      const file = { organizationId, fileName: 'staff.csv', content, isComplete: false }
      const { digest } = await ask('import.preview', file)
      await ask('import.apply', { ...file, importId, digest })
    },
    { content, importId: uuidv7() },
  )
}
