import { TicketPercent, X } from 'lucide-react'
import { useState } from 'react'
import type { Campaign } from '../../../protocol/coupons.ts'
import type { CouponPart } from '../conversations/part-text.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { EmptyState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Notice } from '../platform/notice.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { CouponCard } from './coupon-card.tsx'
import './coupons.css'

type AttachProps = { onChoose: (part: CouponPart) => void }
const LISTED_MAX = 100

/** In the composer of whoever may give coupons: puts one into the next message. */
export function AttachCoupon({ onChoose }: AttachProps) {
  const { text } = useTexts()
  const [isOpen, setOpen] = useState(false)
  const campaigns = useSendable()
  if (!campaigns.isWorthwhile) return null
  const choose = (campaignId: Campaign['id']) => {
    onChoose({ type: 'coupon', campaignId })
    setOpen(false)
  }
  return (
    <>
      <IconButton icon={TicketPercent} label={text('composer.coupon')} large onClick={() => setOpen(true)} />
      {isOpen && <ChooseCoupon {...campaigns} onChoose={choose} onClose={() => setOpen(false)} />}
    </>
  )
}

/** Those that are running and that one may send. */
function useSendable() {
  const { organization, isAdministrator } = useHere()
  const input = { organizationId: organization.id, state: 'active' as const, limit: LISTED_MAX }
  const { data, error } = useAnswer('campaign.list', input)
  const sendable = data?.campaigns.filter((one) => 'counts' in one)
  return { campaigns: sendable, error, isWorthwhile: isAdministrator || (sendable?.length ?? 0) > 0 }
}

type ChooseProps = {
  campaigns: Campaign[] | undefined
  error: unknown
  onChoose: (campaignId: Campaign['id']) => void
  onClose: () => void
}

function ChooseCoupon({ campaigns, error, onChoose, onClose }: ChooseProps) {
  const { text } = useTexts()
  const explain = useErrorText()
  const [chosen, setChosen] = useState<Campaign['id']>()
  const footer = (
    <Button look="primary" disabled={!chosen} onClick={() => chosen && onChoose(chosen)}>
      {text('composer.couponAdd')}
    </Button>
  )
  return (
    <Dialog title={text('composer.coupon')} open onClose={onClose} footer={footer}>
      <p className="muted t13">{text('composer.couponLead')}</p>
      {error !== null && <Notice meaning="bad">{explain(error)}</Notice>}
      {!campaigns && error === null && <SkeletonList rows={3} />}
      {campaigns?.length === 0 && (
        <EmptyState icon={TicketPercent} title={text('campaigns.none')} body={text('composer.couponNone')} />
      )}
      <ul className="coupon-choices">
        {campaigns?.map((campaign) => (
          <li key={campaign.id}>
            <button type="button" aria-pressed={chosen === campaign.id} onClick={() => setChosen(campaign.id)}>
              <CouponCard offer={campaign} />
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

type ChosenProps = { part: CouponPart; onRemove?: () => void }

/** Above the words: the coupon as the customer will see it. */
export function ChosenCoupon({ part, onRemove }: ChosenProps) {
  const { text } = useTexts()
  const { campaigns } = useSendable()
  const campaign = campaigns?.find(({ id }) => id === part.campaignId)
  return (
    <div className="coupon-chosen">
      {campaign && <CouponCard offer={campaign} />}
      {onRemove && <IconButton icon={X} label={text('composer.couponRemove')} onClick={onRemove} />}
    </div>
  )
}
