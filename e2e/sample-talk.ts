import { v7 as uuidv7 } from 'uuid'
import { codeIn, type Mailbox } from './mailbox.ts'

type Told = { id: string; kind: string; name: string; audiences: { id: string }[] }
/** A signed-in person of the sample, over HTTP. */
export type Speaker = {
  personId: string
  organizationId: string
  ask(name: string, input: object): Promise<unknown>
  say(conversation: string, words: string, replyTo?: number): Promise<number>
  conversation(name: string): Promise<Told>
}

/** Who was invited by mail has taken that mail before. */
export async function signInOverHttp(url: string, mailbox: Mailbox, address: string): Promise<Speaker> {
  const { requestId } = await send(url, 'session.request-code', { address })
  const code = codeIn(await mailbox.take(address))
  const device = { name: 'Sample', class: 'mobile' }
  const { token } = await send(url, 'session.start', { requestId, code, device, keep: 'token' })
  const ask = (name: string, input: object) => send(url, name, input, token)
  const session = await read(url, 'session.get', {}, token)
  const organizationId: string = session.memberships[0].organization.id
  const conversation = async (name: string): Promise<Told> => {
    const { conversations } = await read(url, 'conversation.list', { organizationId }, token)
    const found = conversations.find((told: Told) => told.name === name)
    if (!found) throw new Error(`${address} is not in ${name}.`)
    return found
  }
  return {
    personId: session.personId,
    organizationId,
    ask,
    conversation,
    async say(name, words, replyTo) {
      const audienceId = (await conversation(name)).audiences[0]?.id
      const parts = [{ type: 'text', text: words }]
      const input = { organizationId, audienceId, id: uuidv7(), parts, ...(replyTo === undefined ? {} : { replyTo }) }
      return (await ask('message.post', input)).number
    },
  }
}

const headersOf = (token?: string) => ({
  'content-type': 'application/json',
  ...(token ? { authorization: `Bearer ${token}` } : {}),
})

async function send(url: string, name: string, input: object, token?: string) {
  const body = JSON.stringify(input)
  return answerOf(name, await fetch(`${url}/v1/${name}`, { method: 'POST', headers: headersOf(token), body }))
}

async function read(url: string, name: string, input: Record<string, string>, token: string) {
  return answerOf(name, await fetch(`${url}/v1/${name}?${new URLSearchParams(input)}`, { headers: headersOf(token) }))
}

async function answerOf(name: string, response: Response) {
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return JSON.parse(await response.text())
}

/** A morning at Northwind: enough for a look at every kind of row. */
export async function talk(
  speakers: Record<'andrew' | 'nancy' | 'janet' | 'steven' | 'laura', Speaker>,
): Promise<void> {
  const { andrew, nancy, janet, steven, laura } = speakers
  const { organizationId } = andrew
  const team = 'Sales'
  const { id: conversationId } = await andrew.conversation('Andrew Fuller’s team')
  await andrew.ask('conversation.rename', { organizationId, conversationId, name: team })
  await janet.say(team, 'The spring list is ready. Send this one to gold customers, not last year’s.')
  const pallet = await steven.say(
    team,
    'Around the Horn say pallet two of 11016 never arrived. The driver’s sheet says two, their dock signed for one.',
  )
  const resend = await andrew.say(team, 'Resend today, no questions. Laura, can you book Speedy before noon?', pallet)
  const audienceId = (await andrew.conversation(team)).audiences[0]?.id
  for (const fan of [nancy, steven, janet]) {
    await fan.ask('message.react', { organizationId, audienceId, number: resend, emoji: '👍', isOn: true })
  }
  await laura.ask('message.react', { organizationId, audienceId, number: resend, emoji: '🚚', isOn: true })
  await laura.say(team, 'Booked, pick-up 11:40.')
  await laura.say(team, 'And Friday’s chai tasting at the Dockside is on, 18:00 to 20:00. Who is in?')
  await nancy.say(team, 'I am. Shall I bring the 林晓雨 samples?')
  await janet.say(team, 'Please do. 好的，谢谢！')
  await andrew.say('News for everybody', 'We close at noon on Friday for the stocktaking. The tasting stays at 18:00.')
  const parts = [{ type: 'text', text: 'Lunch with Alfreds at one? I have the numbers.' }]
  await nancy.ask('direct.post', { organizationId, personId: andrew.personId, id: uuidv7(), parts })
}
