import { X } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { ContactCard } from '../../../protocol/contacts.ts'
import type { z } from 'zod'
import { useHere } from '../organization/organization-context.tsx'
import { Avatar } from '../platform/avatar.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { ConsentForm } from './consent-form.tsx'
import { ContactForm } from './contact-form.tsx'

type Card = z.output<typeof ContactCard>

/** All that is known of somebody outside. */
export function ContactPane({ personId, onClose }: { personId: string; onClose: () => void }) {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const { data, error, refetch } = useAnswer('contact.get', { organizationId: organization.id, personId })
  return (
    <>
      <div className="bar">
        <h1 className="pane-title grow cut" title={data?.name} dir="auto">
          {data?.name ?? text('contacts.title')}
        </h1>
        <IconButton icon={X} label={text('action.close')} shortcut="escape" onClick={onClose} />
      </div>
      {error && <ErrorState title={text('error.title')} body={explain(error)} />}
      {!data && !error && <SkeletonList rows={6} />}
      {data && <Details card={data} onChange={() => void refetch()} onClose={onClose} />}
    </>
  )
}

function Details({ card, onChange, onClose }: { card: Card; onChange: () => void; onClose: () => void }) {
  const text = useText()
  const [, go] = useLocation()
  const fact = (label: string, value: string) =>
    value !== '' && (
      <div className="fact">
        <dt>{label}</dt>
        <dd dir="auto">{value}</dd>
      </div>
    )
  return (
    <>
      <div className="scroll">
        <div className="block row g4">
          <Avatar id={card.personId} name={card.name} size="xl" />
          <span className="col">
            <span className="strong t16 whole" dir="auto">
              {card.name}
            </span>
            <span className="row wrap g1">
              <Badge meaning="external">{text('external.badge')}</Badge>
              {card.tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
          </span>
        </div>
        <dl className="block facts">
          {fact(text('contacts.addresses'), card.addresses.join(', ') || text('contacts.anonymous'))}
          {fact(text('contacts.keeper'), card.keeperName ?? text('contacts.nobody'))}
          {fact(text('contacts.source'), `${text(`contacts.source.${card.source}`)} ${card.place}`.trim())}
          {fact(text('contacts.notes'), card.notes)}
        </dl>
        <Consents card={card} onChange={onChange} />
      </div>
      <div className="pane-foot">
        <Button look="primary" onClick={() => go(`/with/${card.personId}`)}>
          {text('contacts.write')}
        </Button>
        {card.may.change && <Changes card={card} onChange={onChange} onClose={onClose} />}
      </div>
    </>
  )
}

/** Every word on it, the latest first. */
function Consents({ card, onChange }: { card: Card; onChange: () => void }) {
  const text = useText()
  const dates = useDates()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <section className="block">
      <h2 className="label">{text('contacts.consents')}</h2>
      {card.consents.length === 0 && <p className="muted t13">{text('contacts.noConsents')}</p>}
      <ul className="consents">
        {card.consents.map((consent) => (
          <li key={consent.id}>
            <span className="row g1">
              <span className="strong">{consent.kind}</span>
              <Badge meaning={consent.isGiven ? 'ok' : 'bad'}>
                {text(consent.isGiven ? 'contacts.given' : 'contacts.withdrawn')}
              </Badge>
            </span>
            <span className="dim t12">{`${dates.stamp(new Date(consent.at))} · ${consent.how}`}</span>
            <span className="t13">{consent.wording}</span>
          </li>
        ))}
      </ul>
      {card.may.change && (
        <Button size="small" onClick={() => setIsOpen(true)}>
          {text('contacts.addConsent')}
        </Button>
      )}
      {isOpen && <ConsentForm personId={card.personId} onSaved={onChange} onClose={() => setIsOpen(false)} />}
    </section>
  )
}

function Changes({ card, onChange, onClose }: { card: Card; onChange: () => void; onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [open, setOpen] = useState<'change' | 'remove'>()
  const close = () => setOpen(undefined)
  const remove = () =>
    void act(async () => {
      await client.do('contact.remove', { organizationId: organization.id, personId: card.personId })
      onClose()
    })
  return (
    <>
      <Button onClick={() => setOpen('change')}>{text('contacts.change')}</Button>
      <Button onClick={() => setOpen('remove')}>{text('contacts.remove')}</Button>
      {open === 'change' && <ContactForm card={card} onSaved={onChange} onClose={close} />}
      <Confirm
        title={text('contacts.removeTitle', { name: card.name })}
        body={text('contacts.removeBody')}
        action={text('contacts.remove')}
        danger
        working={working}
        open={open === 'remove'}
        onConfirm={remove}
        onClose={close}
      />
    </>
  )
}
