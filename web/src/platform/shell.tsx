import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { classes } from './classes.ts'
import { Mark } from './mark.tsx'
import { Count } from './badge.tsx'
import { phone as phoneWidth, useMedia } from './media.ts'
import { useRegionKeys } from './regions.ts'
import { useText } from './texts.tsx'

export type Area = {
  href: string
  label: string
  icon: LucideIcon
  isCurrent: boolean
  count?: number
  countLabel?: string
}

type ShellProps = {
  organizationName: string
  areas: readonly Area[]
  me: ReactNode
  side: ReactNode
  sideLabel: string
  main: ReactNode
  mainLabel: string
  pane?: ReactNode
  paneLabel?: string
  /** Says that the connection is away, above everything. */
  strip?: ReactNode
  /** Which of the three a phone shows; `root` keeps the tabs at the bottom. */
  phone: { shows: 'side' | 'main' | 'pane'; isRoot: boolean }
}

/** Rail, sidebar, main and detail pane; on phones one of them at a time. */
export function Shell(props: ShellProps) {
  const { organizationName, areas, me, phone } = props
  const text = useText()
  // Where only one of the three is shown, that one is the main part of the page.
  const isPhone = useMedia(phoneWidth)
  useRegionKeys()
  return (
    <div
      className={classes('app', props.pane !== undefined && 'pane-open')}
      data-phone={phone.shows}
      data-root={phone.isRoot ? '' : undefined}
    >
      <a className="skip" href="#main">
        {text('region.skip')}
      </a>
      <div className="strip">{props.strip}</div>
      <nav className="rail" aria-label={text('region.areas')} data-region="areas" tabIndex={-1}>
        <span className="mark" title={organizationName}>
          <Mark />
        </span>
        {areas.map((area) => (
          <AreaTab key={area.href} {...area} />
        ))}
        <span className="end me">{me}</span>
      </nav>
      <div
        className="side"
        role={isPhone && phone.shows === 'side' ? 'main' : 'complementary'}
        aria-label={props.sideLabel}
        data-region="side"
        tabIndex={-1}
      >
        {props.side}
      </div>
      <main className="main" id="main" aria-label={props.mainLabel} data-region="main" tabIndex={-1}>
        {props.main}
      </main>
      {props.pane !== undefined && (
        <div
          className="pane"
          role={isPhone && phone.shows === 'pane' ? 'main' : 'complementary'}
          aria-label={props.paneLabel}
          data-region="pane"
          tabIndex={-1}
        >
          {props.pane}
        </div>
      )}
    </div>
  )
}

function AreaTab({ href, label, icon: Icon, isCurrent, count, countLabel }: Area) {
  return (
    <Link className="tab" href={href} aria-current={isCurrent ? 'page' : undefined}>
      <Icon className="i l" />
      {label}
      {count !== undefined && <Count count={count} label={countLabel ?? ''} />}
    </Link>
  )
}
