import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

export type Tab = { value: string; label: string; content: ReactNode }

export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => (
  <Radix.Root className="col grow" defaultValue={tabs[0]?.value ?? ''}>
    <Radix.List className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Radix.Trigger key={tab.value} value={tab.value}>
          {tab.label}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {tabs.map((tab) => (
      <Radix.Content key={tab.value} value={tab.value} className="scroll">
        {tab.content}
      </Radix.Content>
    ))}
  </Radix.Root>
)
