type Known = { origin: string; isPagePath: (path: string) => boolean; isKept: (url: string) => boolean }

/**
 * What a request is for: the app's page, a file of the build, or something that is none of the worker's business: what
 * the API says, codes, pictures and passes go between page and server alone.
 */
export function kindOf(
  { url, method, mode }: Pick<Request, 'url' | 'method' | 'mode'>,
  { origin, isPagePath, isKept }: Known,
): 'page' | 'file' | 'other' {
  const address = new URL(url)
  if (method !== 'GET' || address.origin !== origin) return 'other'
  if (mode === 'navigate') return isPagePath(address.pathname) ? 'page' : 'other'
  return isKept(url) ? 'file' : 'other'
}

/** The server's page as long as it has one; the kept one where nobody answers in time, or only that it is broken. */
export async function answerWith(
  ask: () => Promise<Response>,
  kept: () => Promise<Response | undefined>,
  maxMs: number,
): Promise<Response> {
  const asked = ask().catch(() => undefined)
  const first = await Promise.race([asked, after(maxMs)])
  if (first && first.status < 500) return first
  return (await kept()) ?? (await asked) ?? Response.error()
}

const after = (ms: number) => new Promise<undefined>((resolve) => void setTimeout(resolve, ms))
