import type { CodeKind } from './code-kind.ts'
import { groupKind } from './group-kind.ts'
import { personalKind } from './personal-kind.ts'

const kinds = new Map<string, CodeKind>([
  ['group', groupKind],
  ['personal', personalKind],
])

/** Called once, when the feature that brings it is loaded. */
export function registerCodeKind(kind: CodeKind): void {
  if (kinds.has(kind.name)) throw new Error(`There is a kind of code called ${kind.name} already.`)
  kinds.set(kind.name, kind)
}

export const findKind = (name: string): CodeKind | undefined => kinds.get(name)
