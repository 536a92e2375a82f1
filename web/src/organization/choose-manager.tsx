import { useState } from 'react'
import type { Member } from '../../../protocol/organization.ts'
import { PeoplePicker } from '../conversations/people-picker.tsx'
import { Button } from '../platform/button.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { useText } from '../platform/texts.tsx'
import { MovePreview } from './move-preview.tsx'

type ChooseManagerProps = {
  member: Pick<Member, 'personId' | 'name'> & { managerId?: string | null }
  onClose: () => void
}
type Chosen = { manager: { personId: string; name: string } | undefined }

/** The way to move somebody in the chart without a pointer: first to whom, then what it changes. */
export function ChooseManager({ member, onClose }: ChooseManagerProps) {
  const text = useText()
  const [chosen, setChosen] = useState<Chosen>()
  if (chosen)
    return <MovePreview person={member} manager={chosen.manager} before={member.managerId} onClose={onClose} />
  const footer = <Button onClick={() => setChosen({ manager: undefined })}>{text('member.noManager')}</Button>
  return (
    <Dialog title={text('chart.changeManager', { name: member.name })} open onClose={onClose} footer={footer}>
      <PeoplePicker
        chosen={[]}
        onChoose={ignore}
        onPick={(manager) => setChosen({ manager })}
        includeMe
        without={new Set([member.personId])}
      />
    </Dialog>
  )
}

const ignore = () => undefined
