import { useState } from 'react'
import { AppShell } from '../organization/app-shell.tsx'
import { useCamera } from '../codes/use-camera.ts'
import { Button } from '../platform/button.tsx'
import { useErrorText } from '../platform/client.tsx'
import { Notice } from '../platform/notice.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { limits } from '../../../protocol/limits.ts'
import { CouponsSide, CouponsTabs } from './coupons-side.tsx'
import { TillCheck, TillRedeemed } from './till-result.tsx'
import { TillWaiting, useWaitingScans } from './till-waiting.tsx'
import { useTill } from './use-till.ts'
import './coupons.css'

/** Where staff take coupons in: scan, see what it gives, redeem. */
export function TillScreen() {
  const text = useText()
  return (
    <AppShell
      side={<CouponsSide />}
      sideLabel={text('area.coupons')}
      main={<Till />}
      mainLabel={text('till.title')}
      phone={{ shows: 'main', isRoot: true }}
    />
  )
}

const PLACE_KEY = 'shoptalk.till'
const nothingPaid = { order: null, amount: null }

function Till() {
  const text = useText()
  const explain = useErrorText()
  const dates = useDates()
  const [place, setPlace] = useState(() => localStorage.getItem(PLACE_KEY) ?? '')
  const waiting = useWaitingScans()
  const { step, check, redeem, again } = useTill(place.trim(), waiting.reload)
  const begin = (code: string) => void check(code, nothingPaid)
  const keepPlace = (next: string) => {
    setPlace(next)
    localStorage.setItem(PLACE_KEY, next)
  }
  const isReady = step.kind === 'ready' || step.kind === 'checking'
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('till.title')}</h1>
      </header>
      <CouponsTabs />
      <div className="scroll page">
        <div className="till">
          {isReady && <ReadCode isChecking={step.kind === 'checking'} onRead={begin} />}
          {step.kind === 'checked' && (
            <TillCheck
              key={step.code}
              checked={step.checked}
              onCheck={(paid) => check(step.code, paid)}
              onRedeem={(paid, redemptionId) => redeem(step.code, paid, redemptionId)}
              onAgain={again}
            />
          )}
          {step.kind === 'redeemed' && <TillRedeemed answer={step.answer} onAgain={again} />}
          {step.kind === 'pending' && (
            <div className="till-result">
              <Notice meaning="warn">
                {step.since ? text('till.waits', { at: dates.full(step.since) }) : text('till.pending')}
              </Notice>
              <Button look="primary" onClick={again}>
                {text('till.next')}
              </Button>
            </div>
          )}
          {step.kind === 'failed' && (
            <div className="till-result">
              <Notice meaning="bad">{explain(step.error)}</Notice>
              <Button look="primary" onClick={again}>
                {text('till.next')}
              </Button>
            </div>
          )}
          <TextField
            label={text('till.place')}
            help={text('till.placeHelp')}
            value={place}
            maxLength={limits.place}
            onChange={(event) => keepPlace(event.target.value)}
          />
          <TillWaiting waiting={waiting} onCheck={begin} />
        </div>
      </div>
    </>
  )
}

function ReadCode({ isChecking, onRead }: { isChecking: boolean; onRead: (code: string) => void }) {
  const text = useText()
  const [code, setCode] = useState('')
  const { video, state } = useCamera((read) => !isChecking && onRead(read.slice(0, 100)))
  return (
    <>
      <div className="scan-view" data-state={state} hidden={state === 'missing' || state === 'refused'}>
        {/* What a camera sees has no captions. */}
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
        <video ref={video} playsInline muted aria-label={text('scan.camera')} />
      </div>
      <output className="help">
        {text(state === 'missing' || state === 'refused' ? `till.camera.${state}` : `scan.${state}`)}
      </output>
      <form
        className="till-type"
        onSubmit={(event) => {
          event.preventDefault()
          if (code.trim() !== '' && !isChecking) onRead(code.trim())
        }}
      >
        <TextField
          label={text('till.code')}
          value={code}
          maxLength={100}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button look="primary" type="submit" working={isChecking} disabled={code.trim() === ''}>
          {text('till.check')}
        </Button>
      </form>
    </>
  )
}
