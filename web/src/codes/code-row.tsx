import { useState } from 'react'
import type { Code } from '../../../protocol/codes.ts'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { useText } from '../platform/texts.tsx'
import { Qr } from './qr.tsx'

type CodeRowProps = {
  code: Code
  of: { organizationId: string; kind: string; subjectId: string }
  onChange: () => void
}

/** A code with what came of it, and what can be done with it. */
export function CodeRow({ code, of, onChange }: CodeRowProps) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const [asked, setAsked] = useState<'rotate' | 'revoke'>()
  const one = { organizationId: of.organizationId, codeId: code.id }
  const run = (what: 'rotate' | 'revoke') =>
    void act(async () => {
      await client.do(what === 'rotate' ? 'code.rotate' : 'code.revoke', one)
      setAsked(undefined)
      onChange()
    })
  const isActive = code.state === 'active'
  return (
    <li className="code-row">
      {isActive && <Qr code={code} size="small" />}
      <div className="col grow">
        <span className="row g1">
          <span className="strong cut">{code.place || text('codes.noPlace')}</span>
          {code.state !== 'active' && <Badge meaning="warn">{text(`codes.state.${code.state}`)}</Badge>}
        </span>
        <span className="dim t12">{text('codes.counts', { scans: code.scans, joins: code.joins })}</span>
        {isActive && (
          <span className="row wrap g1">
            <a
              className="btn small"
              href={`/poster/${of.kind}/${of.subjectId}/${code.id}`}
              target="_blank"
              rel="noreferrer"
            >
              {text('codes.poster')}
            </a>
            <Button size="small" onClick={() => setAsked('rotate')}>
              {text('codes.rotate')}
            </Button>
            <Button size="small" onClick={() => setAsked('revoke')}>
              {text('codes.revoke')}
            </Button>
          </span>
        )}
      </div>
      {asked && (
        <Confirm
          title={text(`codes.${asked}Title`)}
          body={text(`codes.${asked}Body`)}
          action={text(`codes.${asked}`)}
          danger
          working={working}
          open
          onConfirm={() => run(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </li>
  )
}
