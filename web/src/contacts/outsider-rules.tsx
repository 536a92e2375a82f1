import type { OutsiderRules as Rules } from '../../../protocol/contacts.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Check } from '../platform/check.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'
import { Select } from '../platform/select.tsx'
import { useText } from '../platform/texts.tsx'

const who = ['owners', 'administrators'] as const

/** For administrators: who brings people from outside in, and whether they must leave an address. */
export function OutsiderRules() {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const { data, refetch } = useAnswer('outsider-rules.get', { organizationId: organization.id })
  if (!data) return null
  const change = (changes: Partial<Rules>) =>
    void act(async () => {
      await client.do('outsider-rules.change', { organizationId: organization.id, ...changes })
      await refetch()
    })
  return (
    <section className="settings">
      <h2 className="label">{text('outsiders.title')}</h2>
      <Select
        label={text('outsiders.mayBring')}
        value={data.mayBring}
        options={who.map((value) => ({ value, label: text(`outsiders.mayBring.${value}`) }))}
        disabled={working}
        onChange={(mayBring) => change({ mayBring })}
      />
      <Check
        label={text('outsiders.anonymous')}
        help={text('outsiders.anonymousHelp')}
        isOn={data.admitsAnonymous}
        disabled={working}
        onChange={(admitsAnonymous) => change({ admitsAnonymous })}
      />
    </section>
  )
}
