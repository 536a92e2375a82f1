import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationView } from '../../../protocol/conversations.ts'
import type { Member } from '../../../protocol/organization.ts'
import type { PersonId } from '../../../protocol/ids.ts'
import type { Name } from '../../testing/cast.ts'
import { openWorld, type World } from '../../testing/world.ts'
import { feature as conversations } from '../conversations/index.ts'
import { feature as dispatch } from '../dispatch/index.ts'
import { feature as identity } from '../identity/index.ts'
import { feature as organization } from '../organization/index.ts'
import { feature } from './index.ts'

let world: World
beforeEach(async () => {
  world = await openWorld([dispatch, identity, organization, conversations, feature])
  // The first change of the chart makes the groups of the whole cast, through which they hear of the organization.
  await world.ask('andrew', 'member.change', { ...inside(), personId: personOf('janet'), title: 'Clerk' })
  await world.delivery.settled()
  await world.act('andrew', 'member.change', { ...inside(), personId: personOf('janet'), title: 'Buyer' })
})
afterEach(() => world[Symbol.asyncDispose]())

const inside = () => ({ organizationId: world.cast.organizationId })
const personOf = (name: Name) => world.cast[name].personId
const change = (name: Name, what: object) =>
  world.act('andrew', 'member.change', { ...inside(), personId: personOf(name), ...what })
const remove = (name: Name) => world.act('andrew', 'member.remove', { ...inside(), personId: personOf(name) })

/** `name: members` of each conversation this person is in and that is open. */
async function seen(by: Name): Promise<string[]> {
  const list = await world.ask(by, 'conversation.list', inside())
  const { conversations: views } = list as { conversations: ConversationView[] }
  return views
    .flatMap(({ name, memberCount, isClosed }) => (isClosed ? [] : [`${name}: ${memberCount ?? '?'}`]))
    .toSorted()
}
const memberOf = async (personId: PersonId) => {
  const { members } = (await world.ask('andrew', 'member.get', { ...inside(), personIds: [personId] })) as {
    members: Member[]
  }
  return members[0] ?? assert.fail('no such member')
}

describe('people and their groups', () => {
  test('G1-03 G2-05 the chart of the cast has groups of both kinds on each level', async () => {
    assert.deepEqual(await seen('andrew'), [
      'Everybody at Northwind: 5',
      'News for everybody: 5',
      'News from andrew: 4',
      'andrew’s team: 4',
    ])
    assert.deepEqual(await seen('robert'), [
      'Everybody at Northwind: 5',
      'News for everybody: ?',
      'News from steven: ?',
      'steven’s team: 2',
    ])
  })

  test('G2-05 somebody new gets an account, a place in the chart and its groups', async () => {
    const input = { ...inside(), name: 'Zoe', address: 'zoe@northwind.example', managerId: personOf('steven') }
    const { personId } = await world.act<{ personId: PersonId }>('andrew', 'member.add', input)
    assert.partialDeepStrictEqual(await memberOf(personId), {
      name: 'Zoe',
      state: 'invited',
      managerId: personOf('steven'),
    })
    assert.ok((await seen('steven')).includes('steven’s team: 3'))
    assert.ok((await seen('steven')).includes('Everybody at Northwind: 6'))
    await world.refuse('andrew', 'member.add', input, 'member.address-taken')
  })

  test('a first report makes a manager, with groups of their own', async () => {
    const input = { ...inside(), name: 'Zoe', address: 'zoe@northwind.example', managerId: personOf('nancy') }
    await world.act('andrew', 'member.add', input)
    assert.deepEqual(
      (await seen('nancy')).filter((group) => group.includes('nancy')),
      ['News from nancy: 2', 'nancy’s team: 2'],
    )
  })

  test('G4-03 a new manager moves somebody from group to group, and the groups that hold both stay', async () => {
    await change('nancy', { managerId: personOf('steven') })
    assert.deepEqual(await seen('nancy'), [
      'Everybody at Northwind: 5',
      'News for everybody: ?',
      'News from steven: ?',
      'steven’s team: 3',
    ])
  })

  test('G1-03 G4-03 a move is shown with its groups before it is done, and the showing changes nothing', async () => {
    type Preview = { groupCount: number; groups: { name: string; before: number; after: number; joins: string[] }[] }
    const move = { ...inside(), personId: personOf('nancy'), managerId: personOf('steven') }
    const preview = await world.act<Preview>('andrew', 'member.preview-move', move)
    const told = preview.groups.map(({ name, before, after }) => `${name}: ${before} → ${after}`).toSorted()
    assert.deepEqual(told, [
      'News from andrew: 3 → 2',
      'News from steven: 1 → 2',
      'andrew’s team: 4 → 3',
      'steven’s team: 2 → 3',
    ])
    assert.equal((await memberOf(personOf('nancy'))).managerId, personOf('andrew'))
    await change('nancy', { managerId: personOf('steven') })
    assert.ok((await seen('nancy')).includes('steven’s team: 3'))
    const circle = { ...inside(), personId: personOf('steven'), managerId: personOf('robert') }
    await world.refuse('andrew', 'member.preview-move', circle, 'member.cycle')
    await world.refuse('nancy', 'member.preview-move', move, 'access.refused')
    await world.refuse('outsider', 'member.preview-move', move, 'access.refused')
  })

  test('a new name of a manager is the new name of the groups', async () => {
    await change('steven', { name: 'Stephen' })
    assert.ok((await seen('robert')).includes('Stephen’s team: 2'))
  })

  test('nobody becomes their own superior, and managers are members', async () => {
    const to = (managerId: PersonId) => ({ ...inside(), personId: personOf('steven'), managerId })
    await world.refuse('andrew', 'member.change', to(personOf('robert')), 'member.cycle')
    await world.refuse('andrew', 'member.change', to(personOf('steven')), 'member.cycle')
    await world.refuse('andrew', 'member.change', to(personOf('outsider')), 'member.not-found')
  })

  test('G1-04 employees cannot leave the directory nor take others out, administrators can', async () => {
    const leave = { ...inside(), personId: personOf('nancy') }
    await world.refuse('nancy', 'member.remove', leave, 'directory.leave-refused')
    await world.refuse('janet', 'member.remove', leave, 'access.refused')
    await world.refuse('outsider', 'member.remove', leave, 'access.refused')
    await world.refuse('outsider', 'member.remove', { ...inside(), personId: personOf('outsider') }, 'access.refused')
    await world.act('andrew', 'member.remove', leave)
    assert.equal((await memberOf(personOf('nancy'))).state, 'deactivated')
    assert.ok((await seen('andrew')).includes('andrew’s team: 3'))
  })

  test('the last owner stays', async () => {
    const andrew = { ...inside(), personId: personOf('andrew') }
    await world.refuse('andrew', 'member.remove', andrew, 'organization.last-owner')
  })

  test('roles: an administrator takes no owner out, nor puts one in', async () => {
    const set = (name: 'andrew' | 'nancy', role: string) => ({ ...inside(), personId: personOf(name), role })
    await world.act('andrew', 'member.set-role', set('nancy', 'administrator'))
    await world.refuse(
      'nancy',
      'member.remove',
      { ...inside(), personId: personOf('andrew') },
      'organization.owner-stays',
    )
    const added = { ...inside(), name: 'Zoe', address: 'zoe@northwind.example', role: 'owner' }
    await world.refuse('nancy', 'member.add', added, 'member.role-above')
    await world.act('andrew', 'member.set-role', set('nancy', 'owner'))
    await world.act('nancy', 'member.remove', { ...inside(), personId: personOf('andrew') })
  })

  test('only administrators add and change people', async () => {
    const added = { ...inside(), name: 'Zoe', address: 'zoe@northwind.example' }
    for (const name of ['nancy', 'steven', 'outsider'] as const) {
      await world.refuse(name, 'member.add', added, 'access.refused')
      await world.refuse(
        name,
        'member.change',
        { ...inside(), personId: personOf('robert'), title: 'Boss' },
        'access.refused',
      )
    }
  })

  test('the reports of somebody who leaves move up', async () => {
    await remove('steven')
    assert.equal((await memberOf(personOf('robert'))).managerId, personOf('andrew'))
    assert.deepEqual(await seen('robert'), ['News from andrew: ?', 'andrew’s team: 4'])
  })
})

describe('groups of somebody who is no manager any more', () => {
  const teamOf = async (by: Name, name: string) => {
    const { conversations: views } = (await world.ask(by, 'conversation.list', inside())) as {
      conversations: ConversationView[]
    }
    return views.find((view) => view.name === name)
  }
  const say = async (by: Name, name: string) => {
    const audienceId = (await teamOf(by, name))?.audiences[0]?.id
    return { ...inside(), audienceId, id: uuidv7(), parts: [{ type: 'text', text: 'Hello' }] }
  }

  test('what was said can still be read, and nothing more is said', async () => {
    const hello = await say('robert', 'steven’s team')
    await world.act('robert', 'message.post', hello)
    await change('robert', { managerId: personOf('andrew') })
    assert.equal((await teamOf('robert', 'steven’s team'))?.isClosed, true)
    const page = (await world.ask('robert', 'message.history', { ...inside(), audienceId: hello.audienceId })) as {
      messages: object[]
    }
    assert.equal(page.messages.length, 1)
    await world.refuse('robert', 'message.post', { ...hello, id: uuidv7() }, 'conversation.closed')
  })

  test('a group in which nothing was said is gone, and a new one is made when it is needed', async () => {
    await change('robert', { managerId: personOf('andrew') })
    assert.equal(await teamOf('steven', 'steven’s team'), undefined)
    await change('robert', { managerId: personOf('steven') })
    assert.equal((await teamOf('robert', 'steven’s team'))?.memberCount, 2)
  })

  test('groups that a leaver owned alone go to the manager', async () => {
    const made = { ...inside(), conversationId: uuidv7(), kind: 'group', name: 'Fair', personIds: [personOf('robert')] }
    await world.act('steven', 'conversation.create', made)
    await remove('steven')
    assert.deepEqual((await teamOf('robert', 'Fair'))?.ownerIds, [personOf('andrew')])
    assert.equal((await teamOf('robert', 'Fair'))?.memberCount, 2)
  })
})

describe('groups over all levels', () => {
  test('G4-01 a manager with managers below makes them with one command, once', async () => {
    await world.act('andrew', 'member.add', {
      ...inside(),
      name: 'Zoe',
      address: 'z@northwind.example',
      managerId: personOf('robert'),
    })
    await world.act('steven', 'levels.create', inside())
    assert.deepEqual(
      (await seen('steven')).filter((group) => group.includes('all levels') || group.includes('All of')),
      ['All of steven’s people: 3', 'News from steven for all levels: 3'],
    )
    const steven = await world.act<{ isNew: boolean }>('steven', 'levels.create', inside())
    const byAndrew = { ...inside(), personId: personOf('steven') }
    assert.deepEqual(await world.act('andrew', 'levels.create', byAndrew), { ...steven, isNew: false })
    const andrew = await world.act<{ isNew: boolean }>('andrew', 'levels.create', inside())
    assert.equal(andrew.isNew, false)
    assert.equal((await seen('steven')).filter((group) => group.includes('All of steven')).length, 1)
  })

  test('without managers below there is nothing to make', async () => {
    await world.refuse('steven', 'levels.create', inside(), 'conversation.no-managers-below')
    await world.refuse('nancy', 'levels.create', inside(), 'conversation.no-managers-below')
  })

  test('nobody makes them for another but an administrator', async () => {
    await world.act('andrew', 'member.add', {
      ...inside(),
      name: 'Zoe',
      address: 'z@northwind.example',
      managerId: personOf('robert'),
    })
    const forSteven = { ...inside(), personId: personOf('steven') }
    await world.refuse('nancy', 'levels.create', forSteven, 'access.refused')
    await world.refuse('outsider', 'levels.create', forSteven, 'access.refused')
    await world.act('andrew', 'levels.create', forSteven)
  })
})

describe('what owners change by hand', () => {
  const teamId = async (by: Name, name: string) => {
    const { conversations: views } = (await world.ask(by, 'conversation.list', inside())) as {
      conversations: ConversationView[]
    }
    return views.find((view) => view.name === name)?.id ?? assert.fail(name)
  }

  test('G2-04 survives later changes of the chart, until the place of that person changes', async () => {
    const team = await teamId('andrew', 'andrew’s team')
    await world.act('andrew', 'conversation.remove-members', {
      ...inside(),
      conversationId: team,
      personIds: [personOf('janet')],
    })
    const other = await teamId('steven', 'steven’s team')
    await world.act('steven', 'conversation.add-members', {
      ...inside(),
      conversationId: other,
      personIds: [personOf('nancy')],
    })
    await change('robert', { title: 'Clerk' })
    assert.ok(!(await seen('janet')).some((group) => group.startsWith('andrew’s team')))
    assert.ok((await seen('nancy')).includes('steven’s team: 3'))
    await change('janet', { managerId: personOf('steven') })
    await change('janet', { managerId: personOf('andrew') })
    assert.ok((await seen('janet')).includes('andrew’s team: 4'))
  })
})
