import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { features } from '../../all-features.ts'
import { describeApi } from '../../platform/openapi.ts'
import { askForCode, testDevice } from '../../testing/sign-in.ts'
import { openSite } from '../../testing/site.ts'
import { found } from '../../testing/staff.ts'

const password = /pass ?-?_?(word|phrase|wd)|\bpwd\b|kennwort|密码/i
/** What the server itself shows to an organization’s directory is no password of a person. */
const ofTheDirectory = /^\/v1\/ldap\./

test('G12-06 there is no password anywhere: no table holds one, no command takes one, none lets anybody in', async () => {
  const migrations = join(import.meta.dirname, '../../migrations')
  const tables = globSync('*.sql', { cwd: migrations }).map((file) => readFileSync(join(migrations, file), 'utf8'))
  assert.ok(tables.some((text) => text.includes('create table person')))
  const { paths } = describeApi(
    features.flatMap((feature) => feature.definitions),
    '1',
  )
  assert.ok(Object.keys(paths).includes('/v1/session.start'))
  const api = Object.entries(paths).filter(([path]) => !ofTheDirectory.test(path))
  for (const text of [...tables, ...api.map((one) => JSON.stringify(one))]) assert.doesNotMatch(text, password)

  await using site = await openSite(features)
  const andrew = await found(site, 'Northwind', 'andrew@northwind.example')
  const { requestId, code } = await askForCode(site, 'andrew@northwind.example')
  const start = { requestId, device: testDevice, keep: 'token' }
  for (const input of [
    { ...start, password: code },
    { ...start, code, password: code },
    { ...start, code: 'a word' },
  ])
    assert.equal((await site.refuse('session.start', input)).code, 'input.invalid')
  const basic = Buffer.from(`andrew@northwind.example:${code}`).toString('base64')
  const headers = { authorization: `Basic ${basic}` }
  const answer = await fetch(`${site.url}/v1/session.get`, { headers })
  assert.deepEqual([answer.status, Object(await answer.json()).code], [401, 'session.required'])
  const change = { organizationId: andrew.organizationId, personId: andrew.personId, password: 'a word' }
  assert.equal((await site.refuse('member.change', change, { token: andrew.token })).code, 'input.invalid')
})
