/** In groups of four, as it is read out; however it was typed. */
export const spelled = (code: string): string =>
  (
    code
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .match(/.{1,4}/g) ?? []
  ).join(' ')
