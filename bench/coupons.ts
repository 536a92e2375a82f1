import { parseArgs } from 'node:util'
import { crc32 } from 'node:zlib'
import { v7 as uuidv7 } from 'uuid'
import { startClaimers, type Claimed, type Task } from './coupons/claims.ts'
import { writeCouponResults } from './coupons/results.ts'
import { countIssued, makeOwner, offerCampaign, type Offered } from './coupons/seed-campaign.ts'
import { describeCommit, describeMachine } from './machine.ts'
import { seedOrganization, seedPeople, seedPlaces, settle, type Person } from './seed.ts'
import { startShoptalk } from './targets/shoptalk.ts'

const PEOPLE = 5_000
const CLAIMS_PER_PERSON = 4
const SENDS = 3
const STOCK = 1_000
const PER_PERSON = 2
/** Claims under way at once, of all people together. */
const IN_FLIGHT = 2_000

const { values } = parseArgs({ options: { profile: { type: 'string' } } })
await measureClaims(values.profile)

/**
 * Claims of one hot campaign. First with stock for all: how many coupons a second are issued, each stored, with its
 * code, in the booklet and in the log of its holder. Then far too many for the stock, every request sent three times at
 * once: what counts is that not one coupon more is issued.
 */
async function measureClaims(profileFolder: string | undefined): Promise<void> {
  const machine = await describeMachine()
  const nodeOptions = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  await using shoptalk = await startShoptalk({ nodeOptions })
  const { pool, port } = shoptalk
  const organizationId = await seedOrganization(pool)
  const people = await seedPeople(pool, organizationId, { all: PEOPLE, withDevice: PEOPLE })
  const [place] = await seedPlaces(pool, { organizationId, kind: 'broadcast', groups: [people] })
  const [owner] = people
  if (!place || !owner) throw new Error('Nobody was seeded.')
  await makeOwner(pool, organizationId, owner.id)
  await settle(pool)
  const offer = (limits: object) => offerCampaign(port, { organizationId, place, owner: owner.token, limits })
  await using claimers = startClaimers(port)
  await claimers.open(people.map(({ token }) => token))

  const ample = await offer({ stock: PEOPLE * CLAIMS_PER_PERSON, perPerson: CLAIMS_PER_PERSON })
  const rush = await claimers.claim({ ...ample, inFlight: IN_FLIGHT, tasks: tasksOf(people, 1) })
  const issued = await countIssued(pool, ample.campaignId)
  const faults = issued.coupons === rush.outcomes.length ? [] : [`${issued.coupons} coupons were issued to all`]

  const scarce = await offer({ stock: STOCK, perPerson: PER_PERSON })
  const crowd = await claimers.claim({ ...scarce, inFlight: IN_FLIGHT, tasks: tasksOf(people, SENDS) })
  const stock = await describeStock(scarce, crowd)
  if (stock.faults.length > 0) faults.push(...stock.faults)

  const claimsPerSecond = Math.round(rush.outcomes.length / rush.seconds)
  writeCouponResults({
    claims: {
      ...describeCommit(),
      startedAt: new Date().toISOString(),
      machine,
      people: PEOPLE,
      claims: rush.outcomes.length,
      seconds: round(rush.seconds),
      answerMs: rush.answerMs,
    },
    claimsPerSecond,
    stock,
  })
  console.log(`${claimsPerSecond} claims a second; ${stock.requestsPerSecond} requests a second for ${STOCK} coupons`)
  for (const fault of faults) console.log(`FAULT ${fault}`)
  process.exitCode = faults.length === 0 ? 0 : 1

  /** Counted anew, and compared with what the claimers were told. */
  async function describeStock({ campaignId }: Offered, { seconds, outcomes, answerMs }: Claimed) {
    const { coupons, codes, mostOfOnePerson, counted } = await countIssued(pool, campaignId)
    const granted = new Set(outcomes.flat().filter((outcome) => !outcome.startsWith('coupon.')))
    const differing = outcomes.filter((answers) => new Set(answers).size !== 1).length
    const requests = outcomes.flat().length
    const found = [
      coupons === STOCK || `${coupons} coupons were issued of a stock of ${STOCK}`,
      counted === coupons || `${counted} were counted, ${coupons} are there`,
      codes === coupons || 'a code was given out twice',
      granted.size === coupons || `${granted.size} coupons were told of`,
      mostOfOnePerson <= PER_PERSON || `somebody has ${mostOfOnePerson}`,
      differing === 0 || `${differing} claims had more than one answer`,
    ]
    return {
      stock: STOCK,
      perPerson: PER_PERSON,
      people: PEOPLE,
      claims: outcomes.length,
      requests,
      seconds: round(seconds),
      requestsPerSecond: Math.round(requests / seconds),
      coupons,
      mostOfOnePerson,
      answerMs,
      faults: found.flatMap((fault) => (fault === true ? [] : [fault])),
    }
  }
}

/** In an order that no person and no claim stands out in, the same in every run. */
function tasksOf(people: readonly Person[], sends: number): Task[] {
  const tasks = people.flatMap((_, client) =>
    Array.from({ length: CLAIMS_PER_PERSON }, () => ({ client, claimId: uuidv7(), sends })),
  )
  return tasks
    .map((task, index) => ({ task, place: crc32(`${index}`) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ task }) => task)
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100
}
