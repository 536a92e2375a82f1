import { Contact as ContactIcon, Download, FileUp, UserPlus } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Contact } from '../../../protocol/contacts.ts'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { PeopleSide, PeopleTabs } from '../organization/people-side.tsx'
import { Avatar } from '../platform/avatar.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { More, usePages } from '../platform/pages.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { Select } from '../platform/select.tsx'
import { useShortcuts } from '../platform/shortcuts.ts'
import { SkeletonList } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'
import { ContactForm } from './contact-form.tsx'
import { ContactPane } from './contact-pane.tsx'
import { ImportContacts } from './import-contacts.tsx'

/** People outside the organization: those one looks after or talks with; administrators see all. */
export function ContactsScreen({ personId }: { personId?: string | undefined }) {
  const text = useText()
  const [, go] = useLocation()
  const close = () => go('/contacts')
  useShortcuts({ close: personId ? close : undefined })
  return (
    <AppShell
      side={<PeopleSide />}
      sideLabel={text('area.people')}
      main={<Contacts selected={personId} />}
      mainLabel={text('contacts.title')}
      {...(personId && {
        pane: <ContactPane key={personId} personId={personId} onClose={close} />,
        paneLabel: text('region.details'),
      })}
      phone={{ shows: personId ? 'pane' : 'main', isRoot: !personId }}
    />
  )
}

function Contacts({ selected }: { selected: string | undefined }) {
  const text = useText()
  const explain = useErrorText()
  const { organization, isAdministrator } = useHere()
  const [words, setWords] = useState('')
  const [keeperId, setKeeperId] = useState('')
  const [open, setOpen] = useState<'create' | 'import'>()
  const search = useDeferredValue(words)
  const { pages, error, refetch, more, isLoadingMore } = usePages('contact.list', {
    organizationId: organization.id,
    search,
    ...(keeperId && { keeperId }),
  })
  const contacts = useMemo(() => pages?.flatMap((page) => page.contacts), [pages])
  const save = useExport()
  return (
    <>
      <header className="bar">
        <h1 className="grow">
          {text('contacts.title')} <span className="dim t12 num">{pages?.at(-1)?.total}</span>
        </h1>
        {isAdministrator && (
          <>
            <IconButton icon={FileUp} label={text('contacts.import')} onClick={() => setOpen('import')} />
            <IconButton icon={Download} label={text('contacts.export')} onClick={save} />
          </>
        )}
        <Button look="quiet" icon={UserPlus} onClick={() => setOpen('create')}>
          {text('contacts.add')}
        </Button>
      </header>
      <PeopleTabs />
      <div className="members-head">
        <SearchField label={text('contacts.search')} words={words} onSearch={setWords} grow />
        <KeeperChoice value={keeperId} onChange={setKeeperId} />
      </div>
      {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={refetch} />}
      {!contacts && error === null && <SkeletonList rows={9} />}
      {contacts && (
        <div className="scroll members">
          {contacts.length === 0 && (
            <EmptyState
              icon={ContactIcon}
              title={text('contacts.none')}
              body={search === '' ? text('contacts.noneBody') : text('members.noneBody', { words: search })}
            />
          )}
          <ul>
            {contacts.map((contact) => (
              <ContactLine key={contact.personId} contact={contact} isCurrent={contact.personId === selected} />
            ))}
          </ul>
          <More label={text('people.more')} more={more} isLoading={isLoadingMore} />
        </div>
      )}
      {open === 'create' && <ContactForm onSaved={refetch} onClose={() => setOpen(undefined)} />}
      {open === 'import' && <ImportContacts onImported={refetch} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function ContactLine({ contact, isCurrent }: { contact: Contact; isCurrent: boolean }) {
  const text = useText()
  const { personId, name, addresses, keeperName, tags, state } = contact
  return (
    <li>
      <Link className="member" href={`/contacts/${personId}`} aria-current={isCurrent ? 'true' : undefined}>
        <Avatar id={personId} name={name} />
        <span className="col grow">
          <span className="row g1">
            <span className="cut" title={name} dir="auto">
              {name}
            </span>
            <span className="member-marks" title={tags.join(', ')}>
              <Badge meaning="external">{text('external.badge')}</Badge>
              {state === 'invited' && <Badge meaning="warn">{text('contacts.notYet')}</Badge>}
              {tags.slice(0, 3).map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
          </span>
          <span className="dim t12 cut" title={addresses.join(', ')}>
            {addresses[0] ?? text('contacts.anonymous')}
          </span>
        </span>
        <span className="muted t13 wide-only cut" title={keeperName ?? ''}>
          {keeperName}
        </span>
      </Link>
    </li>
  )
}

/** Customers by the sales person who looks after them. */
function KeeperChoice({ value, onChange }: { value: string; onChange: (keeperId: string) => void }) {
  const text = useText()
  const { organization } = useHere()
  const { data } = useAnswer('contact.keepers', { organizationId: organization.id })
  const keepers = (data?.keepers ?? []).flatMap(({ keeperId, name, count }) =>
    keeperId ? [{ value: keeperId, label: `${name ?? '–'} (${count})` }] : [],
  )
  if (keepers.length < 2) return null
  return (
    <Select
      label={text('contacts.keeper')}
      hideLabel
      value={value}
      options={[{ value: '', label: text('contacts.everybody') }, ...keepers]}
      onChange={onChange}
    />
  )
}

function useExport(): () => void {
  const client = useClient()
  const { organization } = useHere()
  const { act } = useAct()
  return () =>
    void act(async () => {
      const { csv } = await client.do('contact.export', { organizationId: organization.id })
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }))
      link.download = 'contacts.csv'
      link.click()
      URL.revokeObjectURL(link.href)
    })
}
