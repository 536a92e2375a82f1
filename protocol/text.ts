import { z } from 'zod'

/**
 * Text that PostgreSQL can store: no U+0000 and no half of a surrogate pair. `max` counts UTF-16 code units, as
 * `length` does. Everything a client sends as free text goes through here, so that no input can poison a batch of
 * others.
 */
export function text({ min = 0, max }: { min?: number; max: number }) {
  return z.string().min(min).max(max).refine(isStorable, { error: 'Holds a character that cannot be stored.' })
}

/** One line of text, trimmed: names, titles, places. */
export function line({ min = 1, max }: { min?: number; max: number }) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine(isStorable, { error: 'Holds a character that cannot be stored.' })
    .refine((value) => !/[\r\n]/.test(value), { error: 'Must be a single line.' })
}

export function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0')
}
