import { Search } from 'lucide-react'
import { classes } from './classes.ts'

/** What every search of the server takes. */
const WORDS_MAX = 100

type SearchFieldProps = { label: string; words: string; onSearch: (words: string) => void; grow?: boolean }

/** Narrows the list below it. */
export function SearchField({ label, words, onSearch, grow = false }: SearchFieldProps) {
  return (
    <label className={classes('search', grow && 'grow')}>
      <Search className="i s" />
      <input
        type="search"
        value={words}
        maxLength={WORDS_MAX}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onSearch(event.target.value)}
      />
    </label>
  )
}
