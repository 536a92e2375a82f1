/** Rows without an id of their own get their place as key; for lists that are replaced as a whole. */
export function numbered<Item extends object>(items: readonly Item[]): (Item & { place: number })[] {
  return items.map((item, place) => ({ ...item, place }))
}
