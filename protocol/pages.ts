/** What programs ask: they are told that there is nothing, and get no page. */
const forPrograms = ['/v1/', '/scim/', '/qr/', '/docs/']
const probes = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Whether an address is one of the web app, for people: it has no file's ending. All of them lead to the one page,
 * which knows the way on; the server and the browser without network agree on it.
 */
export function isPagePath(path: string): boolean {
  const last = path.slice(path.lastIndexOf('/') + 1)
  return !last.includes('.') && !probes.has(path) && !forPrograms.some((prefix) => path.startsWith(prefix))
}
