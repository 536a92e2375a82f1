import { Printer } from 'lucide-react'
import { useState } from 'react'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer, useErrorText, useKnown } from '../platform/client.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { Segments } from '../platform/segments.tsx'
import { languages, useTexts } from '../platform/texts.tsx'
import { worthLine } from '../coupons/wording.ts'
import { Qr } from './qr.tsx'

type PosterProps = { kind: string; subjectId: string; codeId: string }
const sizes = ['A4', 'A5', 'A6'] as const

/** A page to be printed and hung up. */
export function PosterScreen({ kind, subjectId, codeId }: PosterProps) {
  const words = useTexts()
  const { text, locale, setLocale } = words
  const explain = useErrorText()
  const { organization, membership } = useHere()
  const [size, setSize] = useState<(typeof sizes)[number]>('A5')
  const group = useKnown((state) => Array.from(state.conversations.values()).find(({ id }) => id === subjectId))
  const inside = { organizationId: organization.id, campaignId: subjectId }
  const { data: campaign } = useAnswer('campaign.get', inside, { enabled: kind === 'coupon' })
  const { data, error } = useAnswer('code.list', { organizationId: organization.id, kind, subjectId })
  const code = data?.codes.find(({ id, state }) => id === codeId && state === 'active')
  if (error) return <ErrorState title={text('error.title')} body={explain(error)} />
  if (data && !code) return <ErrorState title={text('error.title')} body={text('error.scan.revoked')} />
  const isOneWay = group?.kind === 'broadcast'
  const title = campaign
    ? worthLine(words, campaign.value)
    : kind === 'personal'
      ? membership.name
      : (group?.name ?? '')
  const lead = campaign ? 'coupon' : kind === 'personal' ? 'personal' : isOneWay ? 'broadcast' : 'group'
  return (
    <div className="poster-screen">
      <style>{`@page { size: ${size} portrait; margin: 0 }`}</style>
      <header className="poster-tools row wrap g2">
        <Segments
          label={text('poster.size')}
          value={size}
          options={sizes.map((value) => ({ value, label: value }))}
          onChange={setSize}
        />
        <Segments
          label={text('settings.language')}
          value={locale}
          options={(Object.keys(languages) as (keyof typeof languages)[]).map((value) => ({
            value,
            label: languages[value],
          }))}
          onChange={setLocale}
        />
        <Button look="primary" icon={Printer} disabled={!code} onClick={() => print()}>
          {text('poster.print')}
        </Button>
      </header>
      <main className="poster" data-size={size} aria-label={text('codes.poster')}>
        <div className="poster-head">{organization.name}</div>
        <div className="poster-body">
          <h1 dir="auto">{title}</h1>
          {campaign && (
            <p className="poster-lead" dir="auto">
              {campaign.title}
            </p>
          )}
          <p className="poster-lead">{text(`poster.${lead}`)}</p>
          {code && <Qr code={code} size="large" />}
          <p className="poster-how">{text('poster.how')}</p>
          <p className="poster-small">{text('poster.free')}</p>
        </div>
        <div className="poster-foot">
          <span>{code ? new URL(code.url).host : ''}</span>
          <span>{code?.place}</span>
        </div>
      </main>
    </div>
  )
}
