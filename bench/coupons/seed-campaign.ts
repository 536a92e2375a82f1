import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Place } from '../seed.ts'

export type Offered = { organizationId: string; campaignId: string; audienceId: string; number: number }

/** An active campaign whose coupon stands in a message of the place, made as everybody makes one: by requests. */
export async function offerCampaign(
  port: number,
  { organizationId, place, owner, limits }: { organizationId: string; place: Place; owner: string; limits: object },
): Promise<Offered> {
  const ask = (command: string, input: object) => request(port, { token: owner, command, input })
  const campaignId = uuidv7()
  const value = { kind: 'amount', amount: 500, currency: 'EUR' }
  const inside = { organizationId, campaignId }
  await ask('campaign.create', { ...inside, name: 'Load', title: 'Five euros', value, ...limits })
  await ask('campaign.set-state', { ...inside, state: 'active' })
  const { audienceId } = place
  const message = { organizationId, audienceId, id: uuidv7(), parts: [{ type: 'coupon', campaignId }] }
  const { number } = await ask('message.post', message)
  return { organizationId, campaignId, audienceId, number }
}

async function request(port: number, { token, command, input }: { token: string; command: string; input: object }) {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${command} was answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

export type Issued = { coupons: number; codes: number; mostOfOnePerson: number; counted: number }

/** What the database holds of a campaign, counted anew from its coupons. */
export async function countIssued(pool: Pool, campaignId: string): Promise<Issued> {
  const { rows } = await pool.query<Issued>(
    `select count(*)::int as coupons, count(distinct code)::int as codes,
       (select issued::int from campaign_stock where campaign_id = $1) as counted,
       coalesce((select max(count)::int from (
         select count(*) from coupon where campaign_id = $1 group by issued_to) as person), 0) as "mostOfOnePerson"
     from coupon where campaign_id = $1`,
    [campaignId],
  )
  const [issued] = rows
  if (!issued) throw new Error('Nothing was counted.')
  return issued
}

/** Makes somebody the owner of the organization. */
export async function makeOwner(pool: Pool, organizationId: string, personId: string): Promise<void> {
  await pool.query(`update member set role = 'owner' where organization_id = $1 and person_id = $2`, [
    organizationId,
    personId,
  ])
}
