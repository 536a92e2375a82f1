import { Megaphone } from 'lucide-react'
import { Button } from '../platform/button.tsx'
import { useText } from '../platform/texts.tsx'

type OneWayProps = { ownerName: string; onAnswerPrivately?: (() => void) | undefined }

/** Stands where the composer would be. */
export function OneWayNotice({ ownerName, onAnswerPrivately }: OneWayProps) {
  const text = useText()
  return (
    <div className="one-way">
      <Megaphone className="i s" />
      <span className="grow">{text('broadcast.oneWay', { name: ownerName })}</span>
      {onAnswerPrivately && (
        <Button size="small" onClick={onAnswerPrivately}>
          {text('broadcast.answerPrivately')}
        </Button>
      )}
    </div>
  )
}
