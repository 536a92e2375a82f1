import { useCallback } from 'react'
import { useErrorText } from '../platform/client.tsx'
import { useText } from '../platform/texts.tsx'
import { passkeyFault } from './passkey.ts'

/** Says why there was no passkey, and what to do. Undefined where nothing is to be said. */
export function usePasskeyError(): (fault: unknown) => string | undefined {
  const text = useText()
  const explain = useErrorText()
  return useCallback(
    (fault) => {
      const kind = passkeyFault(fault)
      if (kind === 'aborted') return undefined
      return kind ? text(`passkeys.fault.${kind}`) : explain(fault)
    },
    [text, explain],
  )
}
