import { limits } from '../../../protocol/limits.ts'

/** First names of those who are in it, as many as fit: "Nancy, Janet, Steven …". Names without a blank stay whole. */
export function suggestedName(people: readonly string[]): string {
  const names = people.slice(0, namedMax).map((name) => name.split(' ')[0] ?? name)
  const all = `${names.join(', ')}${people.length > namedMax ? ' …' : ''}`
  return all.length <= limits.conversationName ? all : `${all.slice(0, limits.conversationName - 1)}…`
}

const namedMax = 4
