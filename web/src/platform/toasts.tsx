import { X } from 'lucide-react'
import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'
import { useText } from './texts.tsx'

export type Toast = { message: string; action?: { label: string; onSelect: () => void } }
type Shown = Toast & { id: number }

/** Long enough to read two lines and to reach the button; a toast with an action stays twice as long. */
const shownMs = 6_000
const toastsMax = 3

const Context = createContext<((toast: Toast) => void) | undefined>(undefined)

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([])
  const show = useCallback((toast: Toast) => {
    setToasts((shown) => [...shown, { ...toast, id: (shown.at(-1)?.id ?? 0) + 1 }].slice(-toastsMax))
  }, [])
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), [])
  return (
    <Context value={show}>
      {children}
      <output className="toasts">
        {toasts.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onClose={close} />
        ))}
      </output>
    </Context>
  )
}

export function useToast(): (toast: Toast) => void {
  const show = use(Context)
  if (!show) throw new Error('ToastProvider is missing')
  return show
}

function ToastLine({ toast, onClose }: { toast: Shown; onClose: (id: number) => void }) {
  const text = useText()
  const duration = useMemo(() => (toast.action ? 2 * shownMs : shownMs), [toast])
  useEffect(() => {
    const timer = setTimeout(() => onClose(toast.id), duration)
    return () => clearTimeout(timer)
  }, [toast.id, duration, onClose])
  const act = () => {
    toast.action?.onSelect()
    onClose(toast.id)
  }
  return (
    <div className="toast">
      <span className="grow">{toast.message}</span>
      {toast.action && (
        <button type="button" className="act" onClick={act}>
          {toast.action.label}
        </button>
      )}
      <IconButton icon={X} label={text('action.close')} onClick={() => onClose(toast.id)} />
    </div>
  )
}
