import assert from 'node:assert/strict'
import type { OrganizationId } from '../../protocol/ids.ts'
import type { Member } from '../../protocol/organization.ts'
import type { ScimState } from '../../protocol/scim.ts'
import type { z } from 'zod'
import { until } from '../../e2e/support/until.ts'
import { connectProvider, type Provider } from './provider.ts'
import { found, foundAnother } from './staff.ts'
import type { Site } from './site.ts'

/** An organization with an administrator, and an identity provider that writes into it. */
export type ScimStage = Provider & {
  organizationId: OrganizationId
  administrator: { token: string; personId: string }
  /** Resolves when the directory has followed all that was written. */
  settled(): Promise<void>
  state(): Promise<z.infer<typeof ScimState>>
  members(): Promise<Member[]>
  member(name: string): Promise<Member>
  /** `name: members` of each open group, without broadcasts. */
  groups(): Promise<string[]>
  /** Writes somebody as a provider does; the answer's id. */
  write(name: string, more?: object): Promise<string>
}

export async function openScimStage(site: Site, mark: string): Promise<ScimStage> {
  const operator = { token: site.operatorToken }
  const { organizations } = await site.act<{ organizations: object[] }>('organization.list', {}, operator)
  const make = organizations.length === 0 ? found : foundAnother
  const { organizationId, token, personId } = await make(site, mark, `andrew@${mark}.example`)
  const provider = await connectProvider(site, organizationId, token)
  const state = () => site.act<z.infer<typeof ScimState>>('scim.get', { organizationId }, operator)
  const members = async () =>
    (await site.act<{ members: Member[] }>('member.list', { organizationId, limit: 200 }, operator)).members
  return {
    ...provider,
    organizationId,
    administrator: { token, personId },
    state,
    settled: async () => void (await until(async () => (await state()).pendingCount === 0, 'the directory follows')),
    members,
    member: async (name) =>
      (await members()).find((one) => one.name === name) ?? assert.fail(`${name} is not in the directory`),
    groups: () => groupsOf(site, organizationId),
    async write(name, more = {}) {
      const body = { userName: `${name.toLowerCase()}@${mark}.example`, displayName: name, active: true, ...more }
      const { status, body: made } = await provider.ask('POST', '/Users', body)
      assert.equal(status, 201, JSON.stringify(made))
      return String(made['id'])
    },
  }
}

async function groupsOf({ database }: Site, organizationId: OrganizationId): Promise<string[]> {
  const rows = await database.snapshot(
    (tx) => tx<{ name: string; people: string[] }>`
      select conversation.name, array_agg(member.name order by member.name) as people
      from conversation
      join audience on audience.id = first_audience_id and closed_at is null
      join membership_interval as span on span.conversation_id = conversation.id and span.to_version is null
      join member on member.organization_id = conversation.organization_id and member.person_id = span.person_id
      where conversation.organization_id = ${organizationId} and kind = 'group'
      group by conversation.id order by conversation.name`,
  )
  return rows.map(({ name, people }) => `${name}: ${people.join(' ')}`)
}
