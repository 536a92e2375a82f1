import type { AudienceId, OrganizationId, PersonId } from '../../../protocol/ids.ts'
import type { Part } from '../../../protocol/parts.ts'
import type { Allowed } from '../../platform/command.ts'
import type { Tx } from '../../platform/sql.ts'

export type AskedPart = { organizationId: OrganizationId; actorId: PersonId; part: Part }
/** Who may put a kind of content into a message. Text may be written by whoever writes there. */
export type PartRule = {
  type: Exclude<Part['type'], 'text'>
  /** In the order of asking. */
  allow(tx: Tx, asked: readonly AskedPart[]): Promise<Allowed[]>
  /** Notes which messages hold such content from now on, in the transaction that writes them. */
  keep?(tx: Tx, messages: readonly HoldingMessage[]): Promise<void>
  /** This message does not hold it any more, or will be told to `keep` anew. */
  drop?(tx: Tx, place: Place, now: Date): Promise<void>
}
type Place = { audienceId: AudienceId; number: number }
export type HoldingMessage = Place & { parts: readonly Part[] }

const rules = new Map<string, PartRule>()

/** Called once, when the feature that brings the kind of content is loaded. */
export function registerPartRule(rule: PartRule): void {
  if (rules.has(rule.type)) throw new Error(`There is a rule for parts of type ${rule.type} already.`)
  rules.set(rule.type, rule)
}

type Written = { actorId: PersonId; input: { organizationId: OrganizationId; parts: readonly Part[] } }

/** Whether each may write what its message holds. */
export async function allowParts(tx: Tx, posts: readonly Written[]): Promise<Allowed[]> {
  const allowed = posts.map((): Allowed => true)
  const special = posts.flatMap(({ actorId, input }, index) =>
    input.parts
      .filter(({ type }) => type !== 'text')
      .map((part) => ({ index, asked: { organizationId: input.organizationId, actorId, part } })),
  )
  for (const [type, ones] of Map.groupBy(special, ({ asked }) => asked.part.type)) {
    const answers = await rules.get(type)?.allow(
      tx,
      ones.map(({ asked }) => asked),
    )
    ones.forEach(({ index }, position) => {
      const answer = answers?.[position] ?? false
      if (answer !== true) allowed[index] = answer
    })
  }
  return allowed
}

/** What is to be written along with new messages; nothing where there is but text in them. */
export function keepParts(tx: Tx, messages: readonly HoldingMessage[]): Promise<void>[] {
  return rulesFor(messages).flatMap(({ type, keep }) => {
    const holding = messages.filter(({ parts }) => parts.some((part) => part.type === type))
    return keep ? [keep(tx, holding)] : []
  })
}

/** The content of a message is another one now. */
export async function replaceParts(
  tx: Tx,
  { audienceId, number }: Place,
  { before, after, now }: { before: readonly Part[]; after: readonly Part[]; now: Date },
): Promise<void> {
  const place = { audienceId, number }
  for (const { drop } of rulesFor([{ parts: before }])) await drop?.(tx, place, now)
  await Promise.all(keepParts(tx, [{ ...place, parts: after }]))
}

function rulesFor(messages: readonly Pick<HoldingMessage, 'parts'>[]): PartRule[] {
  const types = new Set<string>()
  for (const { parts } of messages) for (const { type } of parts) if (type !== 'text') types.add(type)
  return Array.from(types).flatMap((type) => rules.get(type) ?? [])
}
