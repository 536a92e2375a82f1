import { useRef, useState } from 'react'

type Returned = { keep: () => void; giveBack: (event: Event) => void }

/** Where the focus was before a dialogue opened, there it is again after it; unless something else has taken it. */
export function useReturnedFocus(): Returned {
  const [first] = useState(() => document.activeElement)
  const opener = useRef(first)
  return {
    keep: () => {
      opener.current = document.activeElement
    },
    giveBack: (event) => {
      event.preventDefault()
      const isTaken = document.activeElement !== null && document.activeElement !== document.body
      if (isTaken) return
      const before = opener.current
      // What opened it may be gone by what was done in it.
      const next = before instanceof HTMLElement && before.isConnected ? before : document.getElementById('main')
      next?.focus()
    },
  }
}
