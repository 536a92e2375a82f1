import { Mark } from '../platform/mark.tsx'
import { MenuChoice, Menu } from '../platform/menu.tsx'
import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../platform/button.tsx'
import { languages, useTexts } from '../platform/texts.tsx'

type WelcomeProps = {
  place: string
  title: string
  lead: string
  children: ReactNode
  aside?: ReactNode
  footer?: ReactNode
}

/** The frame of everything that comes before the app: sign-in, invitation, set-up. */
export function Welcome({ place, title, lead, children, aside, footer }: WelcomeProps) {
  return (
    <div className={aside ? 'welcome two' : 'welcome'}>
      <main className="welcome-main">
        <div className="welcome-inner">
          <div className="row g3">
            <span className="mark">
              <Mark />
            </span>
            <span className="muted cut" title={place}>
              {place}
            </span>
            <LanguageMenu />
          </div>
          <h1 className="big welcome-title">{title}</h1>
          <p className="muted t16">{lead}</p>
          {children}
          {footer && <div className="welcome-foot">{footer}</div>}
        </div>
      </main>
      {aside && <aside className="welcome-aside">{aside}</aside>}
    </div>
  )
}

function LanguageMenu() {
  const { locale, setLocale, text } = useTexts()
  const options = Object.entries(languages).map(([value, label]) => ({ value, label }))
  return (
    <span className="right">
      <Menu
        label={text('settings.language')}
        trigger={
          <Button look="quiet" size="small">
            <span className="sr">{text('settings.language')}: </span>
            {languages[locale]} <ChevronDown className="i xs inline" />
          </Button>
        }
      >
        <MenuChoice
          label={text('settings.language')}
          value={locale}
          options={options}
          onChange={(value) => (value === 'en' || value === 'zh-CN' ? setLocale(value) : undefined)}
        />
      </Menu>
    </span>
  )
}
