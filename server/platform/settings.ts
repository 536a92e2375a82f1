import { z } from 'zod'

/** One setting of the operator's: an environment variable, declared by the feature that reads it. */
export type Setting<T> = { name: string; meaning: string; schema: z.ZodType<T, string | undefined> }
export type Settings = { get<T>(setting: Setting<T>): T }

/**
 * The schema reads the variable's text; an absent or empty variable is `undefined`, so a default belongs into the
 * schema.
 */
export function setting<T>(declared: Setting<T>): Setting<T> {
  return declared
}

export class SettingsProblem extends Error {
  override name = 'SettingsProblem'
}

/** Reads and checks all settings at start; throws one error that lists every fault. */
export function readSettings(
  declared: readonly Setting<unknown>[],
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const values = new Map<string, unknown>()
  const faults: string[] = []
  for (const { name, meaning, schema } of declared) {
    const result = schema.safeParse(environment[name] || undefined)
    if (result.success) values.set(name, result.data)
    else faults.push(`${name}: ${z.prettifyError(result.error).replaceAll('\n', ' ')} (${meaning})`)
  }
  if (faults.length > 0)
    throw new SettingsProblem(
      `These settings are not as they should be:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
  return {
    get<T>(wanted: Setting<T>) {
      if (!values.has(wanted.name)) throw new SettingsProblem(`${wanted.name} is read but not declared by a feature.`)
      return values.get(wanted.name) as T // the value came out of this setting's own schema
    },
  }
}
