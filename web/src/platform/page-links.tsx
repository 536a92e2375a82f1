import type { LucideIcon } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { useCurrentInView } from './current-in-view.ts'

export type PageLink = { href: string; label: string; icon: LucideIcon }

type PageLinksProps = {
  label: string
  /** Those one may not see are left out by `false`. */
  pages: readonly (PageLink | false)[]
  /** As tabs, on phones. */
  asTabs?: boolean
}

/** The pages of one area. */
export function PageLinks({ label, pages, asTabs = false }: PageLinksProps) {
  const [place] = useLocation()
  const links = useCurrentInView(place)
  return (
    <nav ref={links} className={asTabs ? 'tabs phone-only' : 'page-links'} aria-label={label}>
      {pages.map(
        (page) =>
          page && (
            <Link
              key={page.href}
              className={asTabs ? undefined : 'navrow'}
              href={page.href}
              aria-current={place.startsWith(page.href) ? 'page' : undefined}
            >
              <page.icon className="i s" />
              {page.label}
            </Link>
          ),
      )}
    </nav>
  )
}
