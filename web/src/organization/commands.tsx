import { createContext, use } from 'react'
import type { ReactNode } from 'react'

export type NewKind = 'direct' | 'group' | 'broadcast'
/** What every screen can open. */
export type AppCommands = {
  openPalette: () => void
  openSheet: () => void
  openDevices: () => void
  openMyCode: () => void
  startNew: (kind: NewKind) => void
}

const Context = createContext<AppCommands | undefined>(undefined)

export const CommandsProvider = ({ commands, children }: { commands: AppCommands; children: ReactNode }) => (
  <Context value={commands}>{children}</Context>
)

export function useCommands(): AppCommands {
  const commands = use(Context)
  if (!commands) throw new Error('CommandsProvider is missing')
  return commands
}
