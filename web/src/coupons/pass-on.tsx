import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import type { HeldCoupon } from '../../../protocol/coupons.ts'
import { usePeople } from '../organization/people.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient, useKnown } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { Select } from '../platform/select.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'

type PassOnProps = { held: HeldCoupon; onPassed: () => void; onClose: () => void }

/** Gives a coupon to somebody whom one talks with at that establishment. */
export function PassOn({ held, onPassed, onClose }: PassOnProps) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const [, go] = useLocation()
  const { act, working } = useAct()
  const people = usePartners(held.coupon.organizationId)
  const [chosen, setChosen] = useState('')
  const personId = chosen || people[0]?.value
  const pass = () =>
    void act(async () => {
      if (personId === undefined) return
      await client.do('coupon.transfer', { couponId: held.coupon.id, personId })
      toast({ message: text('coupon.passed') })
      onPassed()
      go('/booklet')
    })
  const footer = (
    <Button look="primary" disabled={personId === undefined} working={working} onClick={pass}>
      {text('coupon.passOn')}
    </Button>
  )
  return (
    <Dialog title={text('coupon.passOnTitle', { title: held.offer.title })} open onClose={onClose} footer={footer}>
      <p className="muted pass-on-body">{text('coupon.passOnBody')}</p>
      {personId === undefined ? (
        <Notice>{text('coupon.passOnNobody')}</Notice>
      ) : (
        <Select label={text('coupon.passOnTo')} value={personId} options={people} onChange={setChosen} />
      )}
    </Dialog>
  )
}

function usePartners(organizationId: string) {
  const { me } = useHere()
  const conversations = useKnown((state) => state.conversations)
  const partners = useMemo(() => {
    const direct = Array.from(conversations.values()).filter(
      (one) => one.organizationId === organizationId && one.kind === 'direct',
    )
    return Array.from(new Set(direct.flatMap(({ otherId }) => (otherId && otherId !== me ? [otherId] : []))))
  }, [conversations, organizationId, me])
  const people = usePeople(partners)
  return partners.map((id) => ({ value: id as string, label: people.get(id)?.name ?? '…' }))
}
