import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { confirm, isCancel, progress as progressBar } from '@clack/prompts'
import { v7 as uuidv7 } from 'uuid'
import { limits } from '../../protocol/limits.ts'
import { AppliedImport, ImportPreview, ImportProgress } from '../../protocol/structure.ts'
import { CommandProblem, type Door } from './client.ts'
import { findOrganization } from './find-organization.ts'
import { previewLines } from './preview-text.ts'

export type ImportOptions = {
  /** Its name or id. May be left out where the server has only one. */
  organization?: string
  dryRun?: boolean
  skipFaulty?: boolean
  yes?: boolean
  /** The file does not name everybody: whoever is missing stays. */
  partial?: boolean
}

const POLL_MS = 250

/** Shows what the file would do, asks, and does it. */
export async function importFile(door: Door, path: string, options: ImportOptions): Promise<void> {
  const organization = await findOrganization(door, options.organization)
  const list = {
    organizationId: organization.id,
    fileName: basename(path),
    content: readFile(path).toString('base64'),
    isComplete: !options.partial,
  }
  const preview = await door.command(ImportPreview, 'import.preview', list)
  console.log([`${path} → ${organization.name}`, ...previewLines(preview)].join('\n'))
  if (options.dryRun) {
    if (preview.counts.faulty > 0) process.exitCode = 1
    return
  }
  const skipFaulty = preview.counts.faulty > 0 && (await maySkipFaulty(preview, options))
  if (!skipFaulty && !options.yes && !process.stdin.isTTY)
    throw new CommandProblem('Nothing was changed: there is no terminal to ask on. Give --yes to apply it.')
  if (!skipFaulty && !(await isAgreed(options, 'Apply this?'))) return console.log('Nothing was changed.')
  const importId = uuidv7()
  const applying = door.command(AppliedImport, 'import.apply', {
    ...list,
    importId,
    digest: preview.digest,
    skipFaulty,
  })
  await showProgress(door, importId, applying)
  const { created, changed, deactivated, skipped, groupsMade } = await applying
  const rest = skipped > 0 ? `, ${skipped} faulty rows left out` : ''
  console.log(`Done: ${created} new, ${changed} changed, ${deactivated} deactivated, ${groupsMade} groups made${rest}.`)
}

function readFile(path: string): Buffer {
  try {
    if (statSync(path).size <= limits.importBytes) return readFileSync(path)
  } catch (cause) {
    throw new CommandProblem(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  throw new CommandProblem(`${path} is larger than ${limits.importBytes / 1_000_000} MB.`)
}

async function maySkipFaulty({ counts, rowCount }: ImportPreview, options: ImportOptions): Promise<boolean> {
  const good = rowCount - counts.faulty
  if (good === 0) throw new CommandProblem('Every row is faulty. Nothing was changed.')
  const isChosen = options.skipFaulty && options.yes
  if (isChosen || (await isAgreed({}, `Import the ${good} good rows, and leave out the ${counts.faulty} faulty ones?`)))
    return true
  throw new CommandProblem('Nothing was changed. Mend the faulty rows, or give --skip-faulty --yes to import the rest.')
}

async function isAgreed({ yes }: ImportOptions, message: string): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) return false
  const answer = await confirm({ message, initialValue: false })
  return !isCancel(answer) && answer
}

const steps: Record<string, string> = {
  read: 'Reading the file',
  compare: 'Comparing with the directory',
  accounts: 'Making accounts',
  people: 'Writing the directory',
  groups: 'Making groups',
  commit: 'Storing',
}

async function showProgress(door: Door, importId: string, applying: Promise<unknown>): Promise<void> {
  const isDone = applying.then(
    () => true,
    () => true,
  )
  const bar = process.stdout.isTTY ? progressBar({ max: 100 }) : undefined
  bar?.start('Importing')
  for (let shown = 0; !(await Promise.race([isDone, setTimeout(POLL_MS, false)]));) {
    const { progress } = await door.query(ImportProgress, 'import.progress', { importId })
    if (!progress) continue
    bar?.advance(Math.max(0, progress.done - shown), steps[progress.step] ?? progress.step)
    shown = Math.max(shown, progress.done)
  }
  const isGood = await applying.then(
    () => true,
    () => false,
  )
  if (isGood) bar?.stop('Imported')
  else bar?.error('Nothing was changed')
}
