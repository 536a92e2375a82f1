import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { loadavg } from 'node:os'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { features } from '../../all-features.ts'
import { openScimStage, type ScimStage } from '../../testing/scim-stage.ts'
import { openSite, type Site } from '../../testing/site.ts'

/** SCIM_PEOPLE=10000 for the whole measure; a tenth of it shows that nothing grows with the square. */
const PEOPLE = Number(process.env['SCIM_PEOPLE'] ?? 1_000)
const REPORTS = 9
/** Requests a provider has under way at once. */
const AT_ONCE = Number(process.env['SCIM_AT_ONCE'] ?? 8)
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let site: Site
let stage: ScimStage
before(async () => {
  site = await openSite(features)
  stage = await openScimStage(site, 'large')
})
after(() => site[Symbol.asyncDispose]())

/** Managers are named by the number of the employee, and some arrive after their reports. */
const person = (at: number) => ({
  externalId: `ext-${at}`,
  userName: `person.${at}@large.example`,
  displayName: `Person ${at}`,
  title: `Specialist ${at % 50}`,
  emails: [{ value: `person.${at}@large.example`, type: 'work', primary: true }],
  active: true,
  [enterprise]: {
    employeeNumber: `E${at}`,
    department: `Department ${at % 97}`,
    ...(at > 0 && { manager: { value: `ext-${Math.floor((at - 1) / REPORTS)}` } }),
  },
})

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
after(() => agent.destroy())
/** As lean as can be: what the sender costs is not what is measured. */
const post = (body: object) =>
  new Promise<{ status: number | undefined; retryAfterS: number }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${stage.token}`, 'content-type': 'application/scim+json' }
    const sent = request(`${site.url}/scim/v2/Users`, { method: 'POST', agent, headers }, (answer) => {
      const retryAfterS = Number(answer.headers['retry-after'] ?? 0)
      answer.resume().on('end', () => resolve({ status: answer.statusCode, retryAfterS }))
    })
    sent.on('error', reject).end(JSON.stringify(body))
  })

test(`G1-02 G1-03 ${PEOPLE} people arrive over SCIM, and the chart's groups follow; the times are printed`, async (t) => {
  const order = Array.from({ length: PEOPLE }, (_, at) => PEOPLE - 1 - at)
  const load = loadavg()[0] ?? 0
  const begin = performance.now()
  const waiting = order.values()
  const writer = async () => {
    for (const at of waiting) {
      let answer = await post(person(at))
      for (; answer.status === 429; answer = await post(person(at))) await setTimeout(answer.retryAfterS * 1_000)
      assert.equal(answer.status, 201)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, writer))
  const written = performance.now()
  await stage.settled()
  const done = performance.now()
  t.diagnostic(
    `${PEOPLE} written in ${Math.round(written - begin)} ms, followed after ${Math.round(done - begin)} ms, ` +
      `${AT_ONCE} at once, load ${load.toFixed(1)}`,
  )
  const { faultCount, userCount } = await stage.state()
  assert.deepEqual({ faultCount, userCount }, { faultCount: 0, userCount: PEOPLE })
  const teams = (await stage.groups()).filter((group) => group.includes('’s team'))
  assert.equal(teams.length, Math.ceil((PEOPLE - 1) / REPORTS))
})

test('G1-02 one more, and one who leaves, are done at once', async (t) => {
  const begin = performance.now()
  const { body } = await stage.ask('POST', '/Users', person(PEOPLE))
  await stage.settled()
  const added = performance.now()
  const off = { Operations: [{ op: 'replace', value: { active: false } }] }
  assert.equal((await stage.ask('PATCH', `/Users/${String(body['id'])}`, off)).status, 200)
  const left = performance.now()
  t.diagnostic(`one more ${Math.round(added - begin)} ms, one less ${Math.round(left - added)} ms`)
})
