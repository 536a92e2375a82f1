import { useEffect, useRef } from 'react'
import { v7 as newId } from 'uuid'
import { useHere } from '../organization/organization-context.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { Qr } from './qr.tsx'

/** One's own code, to be shown to others. It is made when it is looked at for the first time. */
export function MyCode({ onClose }: { onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const { act } = useAct()
  const { organization, me, membership } = useHere()
  const of = { organizationId: organization.id, kind: 'personal', subjectId: me }
  const { data, refetch } = useAnswer('code.list', of)
  const code = data?.codes.find(({ state }) => state === 'active')
  const isMissing = data !== undefined && code === undefined
  const codeId = useRef(newId())
  useEffect(() => {
    if (!isMissing) return
    void act(async () => {
      await client.do('code.create', {
        organizationId: organization.id,
        kind: 'personal',
        subjectId: me,
        codeId: codeId.current,
      })
      await refetch()
    })
  }, [isMissing, act, client, organization.id, me, refetch])
  return (
    <Dialog title={text('codes.mine')} open onClose={onClose}>
      <div className="my-code">
        {code ? <Qr code={code} size="large" /> : <SkeletonList rows={4} />}
        <p className="strong">{membership.name}</p>
        <p className="muted t13">{text('codes.mineLead')}</p>
        {code && (
          <a className="btn small" href={`/poster/personal/${me}/${code.id}`} target="_blank" rel="noreferrer">
            {text('codes.poster')}
          </a>
        )}
      </div>
    </Dialog>
  )
}
