import { CloudOff, ScanLine, Ticket } from 'lucide-react'
import { AppShell } from '../organization/app-shell.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { EmptyState } from '../platform/empty-state.tsx'
import { PageLinks } from '../platform/page-links.tsx'
import { useText } from '../platform/texts.tsx'

/** The app was opened and nobody has answered yet: what there is all the same. */
export function AwayScreen() {
  const text = useText()
  const { isOutside } = useHere()
  return (
    <AppShell
      side={
        <>
          <div className="bar">
            <h2 className="org">{text('away.kept')}</h2>
          </div>
          <div className="scroll">
            <KeptPages />
          </div>
        </>
      }
      sideLabel={text('away.kept')}
      main={
        <>
          <div className="scroll page">
            <EmptyState
              icon={CloudOff}
              title={text('away.title')}
              body={text(isOutside ? 'away.outside' : 'away.inside')}
              isPage
            >
              <div className="phone-only">
                <KeptPages />
              </div>
            </EmptyState>
          </div>
        </>
      }
      mainLabel={text('away.title')}
      phone={{ shows: 'main', isRoot: true }}
    />
  )
}

function KeptPages() {
  const text = useText()
  const { isOutside } = useHere()
  const pages = [
    { href: '/booklet', label: text('booklet.title'), icon: Ticket },
    !isOutside && { href: '/till', label: text('till.title'), icon: ScanLine },
  ]
  return <PageLinks label={text('away.kept')} pages={pages} />
}
