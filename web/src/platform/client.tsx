import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { createContext, use, useCallback, useState, useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import type { Client, CommandName, InputOf, OutputOf, State, Status } from '../../../sdk/index.ts'
import { RequestError } from '../../../sdk/index.ts'
import { useTexts } from './texts.tsx'
import type { TextKey } from './texts.tsx'
import { useToast } from './toasts.tsx'

const Context = createContext<Client | undefined>(undefined)

export const ClientProvider = ({ client, children }: { client: Client; children: ReactNode }) => (
  <Context value={client}>{children}</Context>
)

export function useClient(): Client {
  const client = use(Context)
  if (!client) throw new Error('ClientProvider is missing')
  return client
}

/** A part of what the client knows. The selector must return something that is part of the state, not a new object. */
export function useKnown<Part>(select: (state: State) => Part): Part {
  const client = useClient()
  return useSyncExternalStore(client.subscribe, () => select(client.state))
}

export function useStatus(): Status {
  const client = useClient()
  return useSyncExternalStore(client.subscribe, () => client.status)
}

/** Signed out, because another device of this kind has taken the place of this one. */
export function useIsReplaced(): boolean {
  const client = useClient()
  return useSyncExternalStore(client.subscribe, () => client.isReplaced)
}

type Asking = {
  enabled?: boolean
  /** Asks again when it changes. */
  version?: unknown
}

/** The answer to a query; the last one stays until the next is there, so that nothing jumps. */
export function useAnswer<Name extends CommandName>(
  name: Name,
  input: InputOf<Name>,
  { enabled = true, version }: Asking = {},
): UseQueryResult<OutputOf<Name>> {
  const client = useClient()
  return useQuery<OutputOf<Name>>({
    queryKey: [name, input, version],
    queryFn: () => client.do(name, input),
    enabled,
    placeholderData: keepPreviousData,
  })
}

/** Does something the user asked for; where it fails, says why and what to do next. */
export function useAct(): {
  working: boolean
  act: <Answer>(work: () => Promise<Answer>) => Promise<Answer | undefined>
} {
  const toast = useToast()
  const explain = useErrorText()
  const [working, setWorking] = useState(false)
  const act = useCallback(
    async <Answer,>(work: () => Promise<Answer>): Promise<Answer | undefined> => {
      setWorking(true)
      try {
        return await work()
      } catch (error) {
        toast({ message: explain(error) })
        return undefined
      } finally {
        setWorking(false)
      }
    },
    [toast, explain],
  )
  return { working, act }
}

/** Says what went wrong and what to do, in the user's language. */
export function useErrorText(): (error: unknown) => string {
  const { text, has } = useTexts()
  return useCallback(
    (error) => {
      const key = errorKey(error)
      return text(has(key) ? key : 'error.unknown')
    },
    [text, has],
  )
}

/** Nobody types an id: one that cannot be one came with an address, which leads nowhere. */
function invalidKey(path: string): `error.${string}` {
  if (/Ids?(\.\d+)?$/.test(path)) return 'error.access.refused'
  return path === 'address' || path === 'token' ? `error.input.${path}` : 'error.input.invalid'
}

function errorKey(error: unknown): TextKey | `error.${string}` {
  if (error instanceof RequestError) {
    if (error.code === 'connection.lost') return 'error.connection'
    return error.code === 'input.invalid' ? invalidKey(error.path ?? '') : `error.${error.code}`
  }
  // `fetch` reports an unreachable server as a TypeError.
  return error instanceof TypeError ? 'error.connection' : 'error.unknown'
}
