import { useMemo } from 'react'
import type { PersonId } from '../../../protocol/ids.ts'
import type { OrderRule, RuleVersionView } from '../../../protocol/order-rules.ts'
import { useHere } from '../organization/organization-context.tsx'
import { usePeople } from '../organization/people.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { ErrorState } from '../platform/empty-state.tsx'
import { More, usePages } from '../platform/pages.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useTexts } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { RuleInWords } from './rule-in-words.tsx'
import { changesBetween, type VersionWords } from './version-changes.ts'

type VersionsProps = {
  rule: OrderRule
  campaignName: (campaignId: string) => string
  onTake: (version: RuleVersionView) => void
  onClose: () => void
}

/** What a rule has been: who made it so, what they changed, and what it gave as such. */
export function RuleVersions({ rule, campaignName, onTake, onClose }: VersionsProps) {
  const { text } = useTexts()
  const explain = useErrorText()
  const { organization } = useHere()
  const input = { organizationId: organization.id, ruleId: rule.id }
  const asked = usePages('order-rule.list-versions', input, { version: rule.version })
  const versions = useMemo(() => asked.pages?.flatMap((page) => page.versions), [asked.pages])
  const words = useVersionWords(versions, campaignName)
  return (
    <Dialog title={text('rule.versionsOf', { name: rule.name })} open onClose={onClose}>
      {asked.error !== null && (
        <ErrorState title={text('error.title')} body={explain(asked.error)} onRetry={asked.refetch} />
      )}
      {!versions && asked.error === null && <SkeletonList rows={3} />}
      {versions && (
        <ol className="versions" reversed>
          {versions.map((version, place) => (
            <Version
              key={version.version}
              version={version}
              before={versions[place + 1]}
              words={words}
              onTake={version.supersededAt === null ? undefined : () => onTake(version)}
            />
          ))}
        </ol>
      )}
      <More label={text('people.more')} more={asked.more} isLoading={asked.isLoadingMore} />
    </Dialog>
  )
}

function useVersionWords(versions: readonly RuleVersionView[] | undefined, campaignName: (id: string) => string) {
  const words = useTexts()
  const dates = useDates()
  const wanted = useMemo(
    () =>
      Array.from(
        new Set(versions?.flatMap(({ madeBy, senderId }) => (senderId === null ? [madeBy] : [madeBy, senderId]))),
      ),
    [versions],
  )
  const people = usePeople(wanted)
  return {
    ...words,
    campaignName,
    personName: (personId: PersonId) => people.get(personId)?.name ?? '…',
    moment: (at: string) => dates.stamp(new Date(at)),
  }
}

type VersionProps = {
  version: RuleVersionView
  /** Not known yet where it stands on the next page. */
  before: RuleVersionView | undefined
  words: VersionWords
  onTake: (() => void) | undefined
}

function Version({ version, before, words, onTake }: VersionProps) {
  const { text, personName, moment, campaignName } = words
  const { isActive, supersededAt, madeBy, madeAt, given, takenBack, coupons, message } = version
  const changes = before ? changesBetween(words, before, version) : []
  return (
    <li className="version">
      <div className="row wrap g1">
        <h3>{text('rule.versionNumber', { version: version.version })}</h3>
        {supersededAt === null && isActive && <Badge meaning="ok">{text('rule.versionNow')}</Badge>}
        {!isActive && <Badge meaning="warn">{text('rule.paused')}</Badge>}
        <span className="grow" />
        {onTake && (
          <Button size="small" onClick={onTake}>
            {text('rule.versionTake')}
          </Button>
        )}
      </div>
      <p className="dim t12">
        {text('rule.versionBy', { name: personName(madeBy), when: moment(madeAt) })}
        {supersededAt !== null && ` · ${text('rule.versionUntil', { when: moment(supersededAt) })}`}
      </p>
      <ul className="version-changes t13">
        {version.version === 1 && <li>{text('rule.versionFirst')}</li>}
        {changes.map((sentence) => (
          <li key={sentence} dir="auto">
            {sentence}
          </li>
        ))}
      </ul>
      <p className="t13 num">
        {text('rule.versionGave', { given, coupons })}
        {takenBack > 0 && ` ${text('rule.versionTakenBack', { count: takenBack })}`}
      </p>
      <details>
        <summary className="t13">{text('rule.versionLook')}</summary>
        <RuleInWords rule={version} campaignName={campaignName} />
        {message !== '' && (
          <blockquote className="t13" dir="auto">
            {message}
          </blockquote>
        )}
      </details>
    </li>
  )
}
