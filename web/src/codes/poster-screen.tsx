import { Printer } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
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
type Size = (typeof sizes)[number]

/** A page to be printed and hung up. */
export function PosterScreen({ kind, subjectId, codeId }: PosterProps) {
  const words = useTexts()
  const { text } = words
  const explain = useErrorText()
  const { organization, membership } = useHere()
  const [size, setSize] = useState<Size>('A5')
  const group = useKnown((state) => Array.from(state.conversations.values()).find(({ id }) => id === subjectId))
  const inside = { organizationId: organization.id, campaignId: subjectId }
  const { data: campaign } = useAnswer('campaign.get', inside, { enabled: kind === 'coupon' })
  const { data, error } = useAnswer('code.list', { organizationId: organization.id, kind, subjectId })
  const code = data?.codes.find(({ id, state }) => id === codeId && state === 'active')
  if (error || (data && !code))
    return (
      <ErrorState title={text('error.title')} body={error ? explain(error) : text('error.scan.revoked')}>
        <Link className="btn" href="/">
          {text('action.back')}
        </Link>
      </ErrorState>
    )
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
      <Tools size={size} onSize={setSize} isReady={code !== undefined} />
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

type ToolsProps = { size: Size; onSize: (size: Size) => void; isReady: boolean }

function Tools({ size, onSize, isReady }: ToolsProps) {
  const { text, locale, setLocale } = useTexts()
  const tongues = (Object.keys(languages) as (keyof typeof languages)[]).map((value) => ({
    value,
    label: languages[value],
  }))
  return (
    <header className="poster-tools row wrap g2">
      <Link className="btn quiet" href="/">
        {text('action.back')}
      </Link>
      <Segments
        label={text('poster.size')}
        value={size}
        options={sizes.map((value) => ({ value, label: value }))}
        onChange={onSize}
      />
      <Segments label={text('settings.language')} value={locale} options={tongues} onChange={setLocale} />
      <Button look="primary" icon={Printer} disabled={!isReady} onClick={() => print()}>
        {text('poster.print')}
      </Button>
    </header>
  )
}
