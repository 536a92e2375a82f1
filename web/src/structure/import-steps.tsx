import type { ImportPreview } from '../../../protocol/structure.ts'
import { Button } from '../platform/button.tsx'
import { Notice } from '../platform/notice.tsx'
import { Progress } from '../platform/progress.tsx'
import { useText } from '../platform/texts.tsx'
import { ColumnMap } from './column-map.tsx'
import { FileCard } from './file-card.tsx'
import { FileDrop } from './file-drop.tsx'
import type { ImportWork } from './use-import.ts'

/** The file, what its columns mean, and how far it is. */
export function ImportFile({ work }: { work: ImportWork }) {
  const text = useText()
  if (work.step === 'choose') return <FileDrop onFile={work.choose} error={work.error} />
  const { preview, progress } = work
  const note = preview ? text('import.rows', { count: preview.rowCount }) : text('import.reading')
  return (
    <>
      <FileCard
        name={work.fileName}
        note={note}
        progress={work.step === 'applying' ? (progress ?? { done: 0, total: 1 }) : undefined}
        onCancel={work.step === 'applying' ? undefined : work.startOver}
      />
      {work.error && <Notice meaning="bad">{work.error}</Notice>}
      {preview && work.step !== 'applied' && (
        <>
          <Columns preview={preview} work={work} />
          <label className="row check">
            <input
              type="checkbox"
              className="tick"
              checked={work.isComplete}
              disabled={work.step !== 'preview'}
              onChange={(event) => work.setComplete(event.target.checked)}
            />
            {text('import.complete')}
          </label>
        </>
      )}
    </>
  )
}

/** Folded away where everything needed was recognized. */
function Columns({ preview, work }: { preview: ImportPreview; work: ImportWork }) {
  const text = useText()
  const meanings = new Set(preview.columns.map(({ meaning }) => meaning))
  const known = preview.columns.filter(({ meaning }) => meaning !== 'none').length
  const isEnough = meanings.has('address') && (meanings.has('name') || meanings.has('lastName'))
  return (
    <details className="columns" open={!isEnough}>
      <summary>
        {text('import.columns')}{' '}
        <span className="dim t12">{text('import.columnsKnown', { known, of: preview.columns.length })}</span>
      </summary>
      <ColumnMap columns={preview.columns} disabled={work.step !== 'preview'} onChange={work.setColumns} />
    </details>
  )
}

/** The one button: it says what happens, and to how many. */
export function ApplyButton({ work }: { work: ImportWork }) {
  const text = useText()
  const { preview, progress } = work
  if (!preview) return null
  const { created, changed, deactivated, faulty } = preview.counts
  const count = created + changed + deactivated
  const label = faulty > 0 ? text('import.applySkipping', { count, faulty }) : text('import.apply', { count })
  if (work.step === 'applying') {
    const done = progress?.done ?? 0
    const total = progress?.total ?? Math.max(count, 1)
    return (
      <span className="grow">
        <span className="row t12 muted">
          <span className="grow">{text('import.applying')}</span>
          <span className="num">{text('import.progress', { done, total })}</span>
        </span>
        <Progress label={text('import.applying')} done={done} total={total} />
      </span>
    )
  }
  return (
    <Button look="primary" disabled={count === 0 || work.step !== 'preview'} onClick={work.apply}>
      {label}
    </Button>
  )
}

export function AppliedNotice({ work }: { work: ImportWork }) {
  const text = useText()
  if (!work.applied) return null
  const { created, changed, deactivated, groupsMade: groups } = work.applied
  return <Notice meaning="ok">{text('import.applied', { created, changed, deactivated, groups })}</Notice>
}
