import { z } from 'zod'
import { OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Organization } from '../../../protocol/organization.ts'
import type { Reaction, RecordedFact, Tools } from '../../platform/feature.ts'
import { publicUrl } from '../../platform/server-settings.ts'
import type { Tx } from '../../platform/sql.ts'
import { queueDispatches } from '../dispatch/index.ts'
import { addressesByPerson, makeInvitationCodes, type InvitationCode } from '../identity/index.ts'
import { findMembers, findOrganization } from './store.ts'

const Fact = z.object({ organizationId: OrganizationId, body: z.object({ personIds: z.array(PersonId) }) })

/** Makes the links and codes of those who were invited, and queues their mails. */
export const sendInvitations: Reaction = {
  name: 'organization.send-invitations',
  to: ['members.invited'],
  async run(facts, tools) {
    for (const fact of facts) await tools.database.transaction((tx) => sendPortion(tx, fact, tools))
  },
}

async function sendPortion(tx: Tx, fact: RecordedFact, { seal, settings, clock }: Tools) {
  const { organizationId, body } = Fact.parse(fact)
  const organization = await findOrganization(tx, organizationId)
  const members = await findMembers(tx, organizationId, body.personIds)
  const present = members.filter(({ state }) => state !== 'deactivated')
  if (!organization || present.length === 0) return
  const addresses = await addressesByPerson(
    tx,
    present.map(({ personId }) => personId),
  )
  // Only to an address that the person signs in with: another one that the list names may be somebody else's.
  const people = present.flatMap(({ personId, address: listed }) => {
    const own = addresses.get(personId) ?? []
    const address = own.includes(listed) ? listed : own[0]
    return address === undefined ? [] : [{ personId, address }]
  })
  const names = new Map(present.map(({ personId, name }) => [personId, name]))
  const codes = await makeInvitationCodes(tx, people, { organizationId, since: fact.at, seal })
  const mails = codes.map((code) =>
    toDispatch(code, { organization, personName: names.get(code.personId) ?? '', home: settings.get(publicUrl) }),
  )
  await queueDispatches(tx, mails, { seal, now: clock() })
}

type Around = { organization: Organization; personName: string; home: string }

/** The token stands behind `#`, which browsers keep to themselves: no server and no proxy logs it. */
function toDispatch(invitation: InvitationCode, { organization, personName, home }: Around) {
  const { id, personId, address, token, code, expiresAt } = invitation
  const link = `${home}/join#token=${token}`
  const { locale, name: organizationName } = organization
  const content = { purpose: 'invitation' as const, locale, code, link, personName, organizationName }
  return { id, organizationId: organization.id, personId, address, expiresAt, content }
}
