import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

/** What is wrong with an input, in words that help whoever sent it; a schema's own words go before. */
export const inputWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'This is missing.' : `Must be ${kinds[issue.expected] ?? issue.expected}.`
    case 'too_big':
      return tooMuch(issue)
    case 'too_small':
      return tooLittle(issue)
    case 'invalid_format':
      return formats[issue.format]
    case 'invalid_value':
      return `Must be ${issue.values.length > 1 ? 'one of ' : ''}${listed(issue.values)}.`
    case 'invalid_union':
      return issue.discriminator ? `There is no such ${issue.discriminator}.` : eitherOf(issue)
    case 'unrecognized_keys':
      return 'There is no such field here.'
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}.`
    default:
      return undefined
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const formats: Readonly<Record<string, string>> = {
  uuid: 'Must be a UUID, like 0199d1c0-0000-7000-8000-000000000001.',
  email: 'Must be a mail address, like ann@example.com.',
  url: 'Must be a whole address, like https://talk.example.com.',
  date: 'Must be a day, like 2026-01-31.',
  datetime: 'Must be a moment with its time zone, like 2026-01-31T09:00:00Z.',
  base64: 'Must be base64.',
}

function tooMuch({ origin, maximum, inclusive, input }: Issue & { code: 'too_big' }): string {
  const most = inclusive === false ? `Less than ${maximum}` : `At most ${maximum}`
  if (origin === 'string') return `${most} characters; these are ${lengthOf(input)}.`
  if (origin === 'array') return `${most} entries; these are ${lengthOf(input)}.`
  return `${most}.`
}

function tooLittle({ origin, minimum, inclusive, input }: Issue & { code: 'too_small' }): string {
  const least = inclusive === false ? `More than ${minimum}` : `At least ${minimum}`
  if (origin !== 'string' && origin !== 'array') return `${least}.`
  if (lengthOf(input) === 0) return 'This is empty.'
  return `${least} ${origin === 'string' ? 'characters' : 'entries'}; these are ${lengthOf(input)}.`
}

/** What each kind that may stand here would want, at the place itself. */
function eitherOf({ errors }: Issue & { code: 'invalid_union' }): string {
  const wants = errors.flatMap(([first]) => (first && first.path.length === 0 ? [first.message] : []))
  return wants.length > 0 && wants.length === errors.length
    ? Array.from(new Set(wants)).join(' Or: ')
    : 'Is none of the kinds that can stand here.'
}

const lengthOf = (input: unknown) => (typeof input === 'string' || Array.isArray(input) ? input.length : 0)

const SHOWN_MAX = 12
function listed(values: readonly z.core.util.Primitive[]): string {
  const shown = values.slice(0, SHOWN_MAX).map((value) => (typeof value === 'string' ? value : String(value)))
  return [...shown, ...(values.length > SHOWN_MAX ? ['…'] : [])].join(', ')
}
