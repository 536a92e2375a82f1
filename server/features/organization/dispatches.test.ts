import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { askForCode, codeIn, testDevice, type SignedIn } from '../../testing/sign-in.ts'
import { openSite, type Site } from '../../testing/site.ts'
import { found, foundAnother, hire, type Founded } from '../../testing/staff.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from './index.ts'

type Listed = {
  isMailSet: boolean
  dispatches: {
    purpose: string
    address: string
    recipientName: string
    state: string
    code: string | null
    link: string | null
  }[]
  next: string | null
}
const minuteMs = 60_000

async function open(context: TestContext, isMailSet: boolean) {
  const site = await openSite([dispatch, identity, organization], { isMailSet })
  context.after(() => site[Symbol.asyncDispose]())
  const andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  const list = (more: object = {}) =>
    site.act<Listed>('dispatch.list', { organizationId: andrew.organizationId, ...more }, andrew)
  return { site, andrew, list }
}
const invite = (site: Site, by: Founded, personIds: readonly string[]) =>
  site.act('member.invite', { organizationId: by.organizationId, personIds }, by)

test('without a mail server codes stand in the terminal and on the administrators’ page, until they are used', async (context) => {
  const { site, andrew, list } = await open(context, false)
  const [personId = ''] = await hire(site, andrew.organizationId, [
    { name: 'Nancy', address: 'nancy@northwind.example' },
  ])
  await invite(site, andrew, [personId])
  const line = await site.terminal.next('nancy@northwind.example')
  const { isMailSet, dispatches } = await settled(list, 'shown')
  assert.equal(isMailSet, false)
  const [shown] = dispatches
  assert.partialDeepStrictEqual(shown, {
    purpose: 'invitation',
    recipientName: 'Nancy',
    address: 'nancy@northwind.example',
    state: 'shown',
  })
  assert.equal(shown?.code, codeIn(line))
  assert.ok(shown.link && line.includes(shown.link))
  const token = shown.link.split('#token=')[1]
  await site.act<SignedIn>('invitation.redeem', { token, code: shown.code, device: testDevice })
  assert.partialDeepStrictEqual((await list()).dispatches, [{ state: 'shown', code: null, link: null }])
})

test('roles: an administrator is not shown the codes of owners, with which they could be one', async (context) => {
  const { site, andrew, list } = await open(context, false)
  const [personId = ''] = await hire(site, andrew.organizationId, [
    { name: 'Nancy', address: 'nancy@northwind.example' },
  ])
  await invite(site, andrew, [personId])
  const line = await site.terminal.next('nancy@northwind.example')
  const token = /#token=(\S+)/.exec(line)?.[1]
  const started = await site.act<SignedIn>('invitation.redeem', {
    token,
    code: codeIn(line),
    device: testDevice,
    keep: 'token',
  })
  const { organizationId } = andrew
  await site.act('member.set-role', { organizationId, personId, role: 'administrator' }, andrew)
  await site.act('session.request-code', { address: 'andrew@northwind.example' })
  await site.terminal.next('andrew@northwind.example')
  const codesOf = ({ dispatches }: Listed) =>
    dispatches.filter(({ address }) => address === 'andrew@northwind.example').map(({ code }) => code !== null)
  assert.deepEqual(codesOf(await settled(list, 'shown')), [true])
  assert.deepEqual(codesOf(await site.act<Listed>('dispatch.list', { organizationId }, started)), [false])
})

test('a code that was shown is not shown any more when it has expired', async (context) => {
  const { site, andrew, list } = await open(context, false)
  await hire(site, andrew.organizationId, [{ name: 'Nancy', address: 'nancy@northwind.example' }])
  await site.act('session.request-code', { address: 'nancy@northwind.example' })
  await site.terminal.next('nancy@northwind.example')
  const { dispatches } = await settled(list, 'shown')
  assert.match(dispatches[0]?.code ?? '', /^\d{8}$/)
  site.clock.advance(10 * minuteMs)
  assert.partialDeepStrictEqual((await list()).dispatches, [{ purpose: 'access-code', code: null }])
})

test('the code of somebody who is known elsewhere too stands in the terminal alone', async (context) => {
  const { site, andrew, list } = await open(context, false)
  const elsewhere = await foundByOperator(site)
  const [personId = ''] = await hire(site, andrew.organizationId, [{ name: 'Boss', address: 'boss@elsewhere.example' }])
  await invite(site, andrew, [personId])
  await site.terminal.next('to Northwind')
  await site.act('session.request-code', { address: 'boss@elsewhere.example' })
  await site.terminal.next('Code for boss@elsewhere.example')
  const { dispatches } = await settled(list, 'shown')
  assert.deepEqual(
    dispatches.map(({ purpose, code, link }) => ({ purpose, code, link })),
    [{ purpose: 'invitation', code: null, link: null }],
  )
  assert.ok(elsewhere)
})

test('with a mail server no code is shown anywhere', async (context) => {
  const { site, andrew, list } = await open(context, true)
  const [personId = ''] = await hire(site, andrew.organizationId, [
    { name: 'Nancy', address: 'nancy@northwind.example' },
  ])
  await invite(site, andrew, [personId])
  await site.post.next('nancy@northwind.example')
  const { isMailSet, dispatches } = await settled(list, 'sent')
  assert.equal(isMailSet, true)
  assert.partialDeepStrictEqual(dispatches, [{ purpose: 'invitation', state: 'sent', code: null, link: null }])
  assert.deepEqual(site.terminal.lines, [])
})

test('G12-02 with a mail server those who invite see the same, whether the address had an account or not', async (context) => {
  const { site, andrew, list } = await open(context, true)
  await foundAnother(site, 'Elsewhere', 'boss@elsewhere.example')
  await hire(site, andrew.organizationId, [
    { name: 'Boss', address: 'boss@elsewhere.example' },
    { name: 'Nancy', address: 'nancy@northwind.example' },
  ])
  await askForCode(site, 'boss@elsewhere.example')
  const request = await askForCode(site, 'nancy@northwind.example')
  assert.deepEqual((await list()).dispatches, [])
  await site.act<SignedIn>('session.start', { ...request, device: testDevice })
  assert.partialDeepStrictEqual((await list()).dispatches, [{ address: 'nancy@northwind.example' }])
})

test('a list of many dispatches comes page by page, the latest first', async (context) => {
  const { site, andrew, list } = await open(context, true)
  const people = Array.from({ length: 7 }, (_, index) => ({
    name: `P${index}`,
    address: `p${index}@northwind.example`,
  }))
  const ids = await hire(site, andrew.organizationId, people)
  for (const [index, id] of ids.entries()) {
    site.clock.advance(1_000)
    await invite(site, andrew, [id])
    await site.post.next(people[index]?.address ?? '')
  }
  const names: string[] = []
  for (let before: string | null | undefined; before !== null;) {
    const page: Listed = await list({ limit: 3, ...(before ? { before } : {}) })
    names.push(...page.dispatches.map(({ recipientName }) => recipientName))
    before = page.next
  }
  assert.deepEqual(names, ['P6', 'P5', 'P4', 'P3', 'P2', 'P1', 'P0'])
})

async function foundByOperator(site: Site) {
  const { v7 } = await import('uuid')
  const administrator = { name: 'Boss', address: 'boss@elsewhere.example' }
  const operator = { token: site.operatorToken }
  const made = await site.act<object>(
    'organization.create',
    { organizationId: v7(), name: 'Elsewhere', administrator },
    operator,
  )
  await site.terminal.next('to Elsewhere')
  return made
}

/** The job notes what it did right after it has done it. */
async function settled(list: () => Promise<Listed>, state: string): Promise<Listed> {
  for (;;) {
    const listed = await list()
    if (listed.dispatches.length > 0 && listed.dispatches.every((one) => one.state === state)) return listed
  }
}
