import type { Client } from './api.ts'
import type { CommandFunctions } from './commands.ts'

const nouns = [
  'session',
  'device',
  'pairing',
  'invitation',
  'setup',
  'organization',
  'member',
  'chart',
  'dispatch',
  'import',
  'levels',
  'message',
  'direct',
  'audience',
  'conversation',
  'schedule',
  'report',
] as const satisfies readonly (keyof CommandFunctions)[]

/** `client.session.requestCode(input)` is `client.do('session.request-code', input)`, for every command there is. */
export function commandFunctions(send: Client['do']): CommandFunctions {
  const entries = nouns.map((noun) => [noun, verbsOf(noun, send)])
  // The names of commands are types alone, so the compiler cannot see that every verb is there.
  return Object.fromEntries(entries) as CommandFunctions
}

function verbsOf(noun: string, send: (name: never, input: never) => Promise<unknown>) {
  return new Proxy(
    {},
    {
      get(_target, verb) {
        // `then` would make a promise of it for whoever awaits it.
        if (typeof verb === 'symbol' || verb === 'then') return undefined
        const name = `${noun}.${verb.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
        return (input: unknown) => send(name as never, (input ?? {}) as never)
      },
    },
  )
}
