import { createInterface } from 'node:readline/promises'
import { fallbackOf } from '../../protocol/parts.ts'
import { connect, lastMessageOf, type Client } from '../index.ts'

/**
 * Signs in with a code, shows what is said anywhere, and sends what is typed to the first conversation that takes it.
 */
const [url = 'http://localhost:8080', address = ''] = process.argv.slice(2)
const terminal = createInterface({ input: process.stdin, output: process.stdout })
using client = connect({ url })

const { requestId } = await client.session.requestCode({ address })
const code = await terminal.question(`The code that was sent to ${address}: `)
const device = { name: 'Example', class: 'desktop' } as const
const started = await client.session.start({ requestId, code, device, keep: 'token' })
if ('pairing' in started) {
  const { id: pairingId, secret } = started.pairing
  const shown = await terminal.question('The security code that your other device shows: ')
  await client.pairing.complete({ pairingId, secret, code: shown, keep: 'token' })
}
await opened(client)
console.log(`${client.state.conversations.size} conversations. Write something; an empty line ends.`)

const shown = new Set<string>()
client.subscribe(() => {
  for (const { id, name } of client.state.conversations.values()) {
    const message = lastMessageOf(client.state, id)
    if (!message || shown.has(message.id)) continue
    shown.add(message.id)
    console.log(`${name ?? 'direct'}: ${fallbackOf(message.parts) || '(deleted)'}`)
  }
})

for await (const text of terminal) {
  if (text === '') break
  const conversation = Array.from(client.state.conversations.values()).find(({ may }) => may.post)
  const audienceId = conversation?.audienceIds[0]
  if (!audienceId) continue
  const message = await client.acknowledged(client.post({ audienceId, parts: [{ type: 'text', text }] }))
  console.log(`stored as number ${message.number} in ${conversation.name}`)
}
terminal.close()

/** Resolves when the state is up to date. */
function opened(connecting: Client): Promise<void> {
  return new Promise((resolve) => {
    const look = () => connecting.status === 'open' && resolve()
    connecting.subscribe(look)
    look()
  })
}
