import type { Member } from '../../../protocol/organization.ts'
import { PeoplePicker } from '../conversations/people-picker.tsx'
import { Button } from '../platform/button.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { useText } from '../platform/texts.tsx'
import { useMove } from './use-move.ts'

type ChooseManagerProps = { member: Pick<Member, 'personId' | 'name'>; onClose: () => void }

/** The way to move somebody in the chart without a pointer. */
export function ChooseManager({ member, onClose }: ChooseManagerProps) {
  const text = useText()
  const { move, working } = useMove()
  const choose = (manager: { personId: string; name: string } | undefined) =>
    void move(member, manager).then((moved) => moved && onClose())
  const footer = (
    <Button working={working} onClick={() => choose(undefined)}>
      {text('member.noManager')}
    </Button>
  )
  return (
    <Dialog title={text('chart.changeManager', { name: member.name })} open onClose={onClose} footer={footer}>
      <PeoplePicker chosen={[]} onChoose={ignore} onPick={choose} includeMe without={new Set([member.personId])} />
    </Dialog>
  )
}

const ignore = () => undefined
