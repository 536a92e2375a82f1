import { LogOut, Mail, MessageSquare, MonitorSmartphone, QrCode, Ticket, Users } from 'lucide-react'
import { Suspense, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { unreadIn } from '../conversations/list-rows.ts'
import { Avatar } from '../platform/avatar.tsx'
import { useKnown } from '../platform/client.tsx'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../platform/menu.tsx'
import { Shell } from '../platform/shell.tsx'
import type { Area } from '../platform/shell.tsx'
import { isLocale, languages, useTexts } from '../platform/texts.tsx'
import { useTheme } from '../platform/theme.ts'
import { useCommands } from './commands.tsx'
import { ConnectionStrip } from './connection-strip.tsx'
import { useHere } from './organization-context.tsx'
import { SignOut } from './screens.ts'

type AppShellProps = {
  side: ReactNode
  sideLabel: string
  main: ReactNode
  mainLabel: string
  pane?: ReactNode
  paneLabel?: string
  phone: { shows: 'side' | 'main' | 'pane'; isRoot: boolean }
}

/** The shell with the areas that this person may enter. */
export function AppShell(props: AppShellProps) {
  const { organization } = useHere()
  const areas = useAreas()
  return (
    <Shell {...props} organizationName={organization.name} areas={areas} me={<MyMenu />} strip={<ConnectionStrip />} />
  )
}

function useAreas(): Area[] {
  const { text } = useTexts()
  const [place] = useLocation()
  const { organization, isAdministrator, isOutside } = useHere()
  const unread = useKnown((state) => unreadIn(state, organization.id))
  return useMemo(() => {
    const chat = place === '/' || place.startsWith('/c/') || place.startsWith('/with/')
    const places = ['/people', '/contacts', '/chart', '/reports', '/import', '/organization', '/audit']
    const people = places.some((start) => place.startsWith(start))
    const areas: Area[] = [
      {
        href: '/',
        label: text('area.chat'),
        icon: MessageSquare,
        isCurrent: chat,
        count: unread,
        countLabel: text('list.unreadCount', { count: unread }),
      },
    ]
    const coupons = {
      href: isOutside ? '/booklet' : '/coupons',
      label: text(isOutside ? 'area.booklet' : 'area.coupons'),
      icon: Ticket,
      isCurrent: ['/coupons', '/till', '/booklet', '/order', '/shops'].some((start) => place.startsWith(start)),
    }
    if (isOutside) return [...areas, coupons]
    areas.push({ href: '/people', label: text('area.people'), icon: Users, isCurrent: people }, coupons)
    if (!isAdministrator) return areas
    return [...areas, { href: '/dispatch', label: text('area.dispatch'), icon: Mail, isCurrent: place === '/dispatch' }]
  }, [text, place, unread, isAdministrator, isOutside])
}

function MyMenu() {
  const { text, locale, setLocale } = useTexts()
  const { me, membership, isOutside } = useHere()
  const [, go] = useLocation()
  const { openDevices, openMyCode } = useCommands()
  const [theme, setTheme] = useTheme()
  const memberships = useKnown((state) => state.memberships)
  const [isLeaving, setLeaving] = useState(false)
  return (
    <>
      <Menu
        label={text('settings.you', { name: membership.name })}
        side="right"
        trigger={
          <button type="button" className="me">
            <Avatar id={me} name={membership.name} />
            <span className="sr">{text('settings.you', { name: membership.name })}</span>
          </button>
        }
      >
        <MenuLabel>{membership.name}</MenuLabel>
        {memberships.length > 1 && <OrganizationChoice />}
        <MenuChoice
          label={text('settings.theme')}
          value={theme}
          options={(['system', 'light', 'dark'] as const).map((value) => ({
            value,
            label: text(`settings.theme.${value}`),
          }))}
          onChange={setTheme}
        />
        <MenuChoice
          label={text('settings.language')}
          value={locale}
          options={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          onChange={(value) => isLocale(value) && setLocale(value)}
        />
        <MenuLine />
        {!isOutside && (
          <MenuItem icon={QrCode} onSelect={openMyCode}>
            {text('codes.mine')}
          </MenuItem>
        )}
        <MenuItem icon={QrCode} onSelect={() => go('/scan')}>
          {text('scan.title')}
        </MenuItem>
        <MenuItem icon={MonitorSmartphone} onSelect={openDevices}>
          {text('devices.title')}
        </MenuItem>
        <MenuItem icon={LogOut} onSelect={() => setLeaving(true)}>
          {text('session.signOut')}
        </MenuItem>
      </Menu>
      <Suspense fallback={null}>{isLeaving && <SignOut onClose={() => setLeaving(false)} />}</Suspense>
    </>
  )
}

function OrganizationChoice() {
  const { text } = useTexts()
  const { organization, choose } = useHere()
  const memberships = useKnown((state) => state.memberships)
  const options = memberships
    .filter(({ state }) => state === 'active')
    .map(({ organization }) => ({ value: organization.id, label: organization.name }))
  return (
    <MenuChoice<string>
      label={text('settings.organization')}
      value={organization.id}
      options={options}
      onChange={choose}
    />
  )
}
