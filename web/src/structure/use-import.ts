import { useRef, useState } from 'react'
import { v7 as newId } from 'uuid'
import type { z } from 'zod'
import { limits } from '../../../protocol/limits.ts'
import type { AppliedImport, Column, ImportPreview } from '../../../protocol/structure.ts'
import type { Progress } from '../../../sdk/index.ts'
import { useClient, useErrorText, useKnown } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import type { Text } from '../platform/texts.tsx'
import { toBase64 } from './base64.ts'

type ChosenFile = { fileName: string; content: string }
type ImportState = {
  step: 'choose' | 'reading' | 'preview' | 'applying' | 'applied'
  file: ChosenFile | undefined
  preview: ImportPreview | undefined
  applied: z.infer<typeof AppliedImport> | undefined
  error: string | undefined
  /** Whether those who are not in the file leave. */
  isComplete: boolean
  /** Names this attempt in the reports of its progress. */
  importId: string
}

export type ImportWork = Omit<ImportState, 'file' | 'importId'> & {
  fileName: string
  progress: Progress | undefined
  choose: (file: File) => void
  setColumns: (columns: Column[]) => void
  setComplete: (isComplete: boolean) => void
  apply: () => void
  startOver: () => void
}

const fresh = (): ImportState => ({
  step: 'choose',
  file: undefined,
  preview: undefined,
  applied: undefined,
  error: undefined,
  isComplete: true,
  importId: newId(),
})

/** A file on its way: chosen, read and compared by the server, looked at, and applied. */
export function useImport(organizationId: string): ImportWork {
  const text = useText()
  const client = useClient()
  const explain = useErrorText()
  const [state, setState] = useState(fresh)
  const { file, preview, isComplete, importId } = state
  const progress = useKnown((known) => known.progress.get(importId))
  const set = (some: Partial<ImportState>) => setState((before) => ({ ...before, ...some }))
  // The answer to a question that was replaced meanwhile is dropped.
  const asked = useRef(0)

  async function compare(chosen: ChosenFile, meaning: { columns?: Column[] | undefined; isComplete: boolean }) {
    const question = ++asked.current
    set({ step: 'reading', file: chosen, error: undefined, isComplete: meaning.isComplete })
    const { columns } = meaning
    const input = { organizationId, ...chosen, isComplete: meaning.isComplete, ...(columns && { columns }) }
    const answer = await client.do('import.preview', input).catch((fault: unknown) => explain(fault))
    if (question !== asked.current) return
    if (typeof answer === 'string')
      setState((before) => ({ ...before, error: answer, step: before.preview ? 'preview' : 'choose' }))
    else set({ preview: answer, step: 'preview' })
  }

  async function choose(chosen: File) {
    const error = refusal(chosen, text)
    setState({ ...fresh(), error, step: error ? 'choose' : 'reading' })
    if (error) return
    const content = await toBase64(chosen).catch(() => undefined)
    if (content === undefined) set({ step: 'choose', error: text('error.import.unreadable') })
    else await compare({ fileName: chosen.name, content }, { isComplete })
  }

  async function apply() {
    if (!file || !preview) return
    set({ step: 'applying', error: undefined })
    const columns = preview.columns.map(({ meaning }) => meaning)
    const skipFaulty = preview.counts.faulty > 0
    const input = { organizationId, ...file, isComplete, columns, importId, digest: preview.digest, skipFaulty }
    const answer = await client.do('import.apply', input).catch((fault: unknown) => explain(fault))
    if (typeof answer === 'string') set({ step: 'preview', error: answer, importId: newId() })
    else set({ step: 'applied', applied: answer })
  }

  return {
    ...state,
    fileName: file?.fileName ?? '',
    progress,
    choose: (chosen) => void choose(chosen),
    setColumns: (columns) => void (file && compare(file, { columns, isComplete })),
    setComplete: (complete) => void (file && compare(file, { columns: columnsOf(preview), isComplete: complete })),
    apply: () => void apply(),
    startOver: () => {
      asked.current++
      setState(fresh())
    },
  }
}

const columnsOf = (preview: ImportPreview | undefined): Column[] | undefined =>
  preview?.columns.map(({ meaning }) => meaning)

const bytesPerMegabyte = 1_000_000

/** What can be said before the file has travelled. */
function refusal(file: File, text: Text): string | undefined {
  if (file.size === 0) return text('import.emptyFile')
  if (file.size <= limits.importBytes) return undefined
  const megabytes = Math.ceil(file.size / bytesPerMegabyte)
  return text('import.tooLarge', { megabytes, limit: limits.importBytes / bytesPerMegabyte })
}
