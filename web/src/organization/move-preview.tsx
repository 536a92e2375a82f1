import { Button } from '../platform/button.tsx'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { GroupChanges } from '../structure/group-changes.tsx'
import { useHere } from './organization-context.tsx'
import { useMove } from './use-move.ts'

type Named = { personId: string; name: string }
type MovePreviewProps = {
  person: Named
  /** Without one, to the top. */
  manager: Named | undefined
  /** The manager of today, so that it can be undone. */
  before?: string | null | undefined
  onClose: () => void
}

/** Shows which groups change when somebody gets another manager, before it is done. */
export function MovePreview({ person, manager, before, onClose }: MovePreviewProps) {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const { move, working } = useMove()
  const { id: organizationId, directoryVersion: version } = organization
  const input = { organizationId, personId: person.personId, ...(manager && { managerId: manager.personId }) }
  const { data, error, isPlaceholderData } = useAnswer('member.preview-move', input, { version })
  const title = manager
    ? text('chart.moveTitle', { name: person.name, manager: manager.name })
    : text('chart.moveTopTitle', { name: person.name })
  const footer = (
    <>
      <Button look="quiet" onClick={onClose}>
        {text('action.cancel')}
      </Button>
      <Button
        look="primary"
        working={working}
        disabled={!data || isPlaceholderData || error !== null}
        onClick={() => void move(person, manager, before).then((moved) => moved && onClose())}
      >
        {text('chart.moveApply')}
      </Button>
    </>
  )
  return (
    <Dialog title={title} open onClose={onClose} footer={footer}>
      {error && <Notice meaning="bad">{explain(error)}</Notice>}
      {!error && !data && <SkeletonList rows={3} />}
      {!error && data?.groupCount === 0 && <p className="muted">{text('chart.moveNothing')}</p>}
      {!error && data && <GroupChanges groups={data.groups} count={data.groupCount} />}
    </Dialog>
  )
}
