type Place = { pathname: string; search: string; hash: string }

/** The token of a printed or mailed link: after the path, as `?token=`, or behind `#`, which no server sees. */
export function linkToken({ pathname, search, hash }: Place, start: string): string {
  const inPath = pathname.slice(start.length).replace(/^\//, '')
  if (inPath !== '') return decodeURIComponent(inPath)
  const inSearch = new URLSearchParams(search).get('token')
  return inSearch ?? new URLSearchParams(hash.slice(1)).get('token') ?? hash.slice(1)
}
