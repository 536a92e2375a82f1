import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { AskedPairing } from '../../../protocol/identity.ts'
import type { Organization } from '../../../protocol/organization.ts'
import { codeIn, letIn, signIn, testDevice, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found } from '../../testing/staff.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization, makeSetupToken } from './index.ts'

const dayMs = 24 * 60 * 60_000

async function open(context: TestContext) {
  const site = await openSite([dispatch, identity, organization])
  context.after(() => site[Symbol.asyncDispose]())
  return site
}
const makeToken = (site: Site) => site.database.transaction((tx) => makeSetupToken(tx, site.clock()))
const wanted = (more: object = {}) => ({
  organizationId: uuidv7(),
  name: 'Northwind',
  administrator: { name: 'Andrew Fuller', address: 'andrew@northwind.example' },
  device: testDevice,
  keep: 'token',
  ...more,
})

test('a set-up link opens the wizard once, within a day, and makes the first administrator', async (context) => {
  const site = await open(context)
  const token = await makeToken(site)
  assert.deepEqual(await site.act('setup.check', { token }), { isMailSet: true, organizationCount: 0 })
  const created = await site.act<SignedIn>('organization.create', wanted({ token }))
  const session = await site.act<{ memberships: object[] }>('session.get', {}, created)
  assert.partialDeepStrictEqual(session.memberships, [{ role: 'owner', state: 'active', name: 'Andrew Fuller' }])
  assert.equal((await site.refuse('setup.check', { token })).code, 'setup.token-wrong')
  assert.equal((await site.refuse('organization.create', wanted({ token }))).code, 'setup.token-wrong')
  const late = await makeToken(site)
  site.clock.advance(dayMs)
  assert.equal((await site.refuse('organization.create', wanted({ token: late }))).code, 'setup.token-wrong')
  assert.equal((await site.refuse('organization.create', wanted())).code, 'setup.token-wrong')
})

test('of many who use one set-up link at once, one makes an organization', async (context) => {
  const site = await open(context)
  const token = await makeToken(site)
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => site.ask('organization.create', wanted({ token }))),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('the token of a set-up link is kept as a hash only', async (context) => {
  const site = await open(context)
  const token = await makeToken(site)
  const rows = await site.database.snapshot(
    (tx) => tx<{ row: string }>`select setup_token::text as row from setup_token`,
  )
  assert.ok(rows.length === 1 && rows.every(({ row }) => !row.includes(token)))
})

test('on a server in use nobody becomes somebody else by founding an organization with their address', async (context) => {
  const site = await open(context)
  const andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  const answers = []
  for (const address of ['andrew@northwind.example', 'nobody@yet.example']) {
    const created = await site.act<object>(
      'organization.create',
      wanted({ token: await makeToken(site), administrator: { name: 'A', address } }),
    )
    assert.deepEqual(Object.keys(created).toSorted(), ['organization', 'personId'])
    answers.push(await site.post.next(address))
  }
  assert.equal(
    answers[0]?.text?.replace(/token=\S+|\d{4} \d{4}/g, ''),
    answers[1]?.text?.replace(/token=\S+|\d{4} \d{4}/g, ''),
  )
  const linkToken = /#token=(\S+)/.exec(answers[0]?.text ?? '')?.[1]
  const code = codeIn(answers[0]?.text ?? '')
  const { pairing } = await site.act<{ pairing: AskedPairing }>('invitation.redeem', {
    token: linkToken,
    code,
    device: testDevice,
    keep: 'token',
  })
  assert.equal((await letIn(site, pairing, andrew)).personId, andrew.personId)
})

test('the operator makes an organization without a link and without being anybody in it', async (context) => {
  const site = await open(context)
  const { device: _, ...input } = wanted()
  const operator = { token: site.operatorToken }
  const { organization } = await site.act<{ organization: Organization }>('organization.create', input, operator)
  await site.post.next('andrew@northwind.example')
  const listed = await site.act<{ organizations: Organization[] }>('organization.list', {}, operator)
  assert.deepEqual(
    listed.organizations.map(({ id, name }) => ({ id, name })),
    [{ id: organization.id, name: 'Northwind' }],
  )
  const andrew = await signIn(site, 'andrew@northwind.example')
  assert.equal((await site.refuse('organization.list', {}, andrew)).code, 'access.refused')
})

test('the id of an organization is taken once, and whose it is stays unsaid', async (context) => {
  const site = await open(context)
  const { organizationId } = await found(site, 'Northwind', 'andrew@northwind.example')
  const token = await makeToken(site)
  assert.equal((await site.refuse('organization.create', wanted({ token, organizationId }))).code, 'access.refused')
  await site.act('setup.check', { token })
})

test('G1-05 any kind of organization: a company, a school, a surgery, an authority, in any language', async (context) => {
  const site = await open(context)
  for (const [index, name] of ['Northwind Ltd', 'École Jean Moulin', '仁和诊所', 'Bürgeramt Mitte'].entries()) {
    const operator = { token: site.operatorToken }
    const { device: _, ...input } = wanted({
      name,
      locale: index === 2 ? 'zh-CN' : 'en',
      administrator: { name: '王芳', address: `a${index}@x.example` },
    })
    const { organization } = await site.act<{ organization: Organization }>('organization.create', input, operator)
    assert.equal(organization.name, name)
    assert.match((await site.post.next(`a${index}@x.example`)).subject ?? '', new RegExp(name))
    const head = await signIn(site, `a${index}@x.example`)
    const chart = await site.act<{ positions: object[] }>('chart.get', { organizationId: organization.id }, head)
    assert.equal(chart.positions.length, 1)
  }
})

test('an accent on which white text cannot be read is refused', async (context) => {
  const site = await open(context)
  const token = await makeToken(site)
  const refused = await site.refuse('organization.create', wanted({ token, accent: '#ffd400' }))
  assert.deepEqual([refused.code, refused.path], ['organization.accent-unreadable', 'accent'])
  const andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  const { organizationId } = andrew
  assert.equal(
    (await site.refuse('organization.change', { organizationId, accent: '#ffffff' }, andrew)).code,
    'organization.accent-unreadable',
  )
  const changed = await site.act<Organization>(
    'organization.change',
    { organizationId, accent: '#b00020', name: 'Northwind Traders' },
    andrew,
  )
  assert.partialDeepStrictEqual(changed, { accent: '#b00020', name: 'Northwind Traders' })
  assert.deepEqual(await site.act('organization.get', { organizationId }, andrew), changed)
})
