import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { browserStorage, connect } from '../../sdk/index.ts'
import { App } from './app.tsx'
import { keepToOnePerson } from './offline/one-person.ts'
import { ClientProvider } from './platform/client.tsx'
import { FaultBoundary } from './platform/fault-boundary.tsx'
import { TextProvider, firstCatalogue } from './platform/texts.tsx'
import { ToastProvider } from './platform/toasts.tsx'
import { TooltipProvider } from './platform/tooltip.tsx'
import { followViewport } from './platform/viewport.ts'
import './styles.css'

const root = document.querySelector('#root')
if (!root) throw new Error('index.html has no #root')

const client = connect({ url: location.origin, storage: browserStorage() })
// The SDK repeats what can be repeated; a refusal would only be refused again.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 5_000 } } })

keepToOnePerson(client, queries)
followViewport()
const texts = await firstCatalogue()
createRoot(root).render(
  <StrictMode>
    <TextProvider first={texts}>
      <TooltipProvider>
        <ToastProvider>
          <QueryClientProvider client={queries}>
            <ClientProvider client={client}>
              <FaultBoundary>
                <App />
              </FaultBoundary>
            </ClientProvider>
          </QueryClientProvider>
        </ToastProvider>
      </TooltipProvider>
    </TextProvider>
  </StrictMode>,
)
