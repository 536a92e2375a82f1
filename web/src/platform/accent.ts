/** Text on the accent must be readable: WCAG 2.2 AA, normal text. */
const contrastMin = 4.5

const white = [255, 255, 255]

/** An organization's colour as chosen, or so much darker that white text on it can be read. */
export function readableAccent(colour: string): string | undefined {
  const rgb = parse(colour)
  if (!rgb) return undefined
  for (let share = 1; share > 0; share -= 0.02) {
    const shade = rgb.map((channel) => Math.round(channel * share))
    if (contrast(shade, white) >= contrastMin) return hex(shade)
  }
  return undefined
}

/** How well white text is read on a colour: 4.5 is the least, 21 the most. */
export const readability = (colour: string): number => contrast(parse(colour) ?? white, white)

export function applyAccent(colour: string | undefined): void {
  const readable = colour === undefined ? undefined : readableAccent(colour)
  const { style } = document.documentElement
  if (readable) style.setProperty('--accent', readable)
  else style.removeProperty('--accent')
}

export function contrast(one: number[], other: number[]): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(rgb: number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function parse(colour: string): number[] | undefined {
  const digits = /^#([0-9a-f]{6})$/i.exec(colour)?.[1]
  return digits?.match(/../g)?.map((pair) => Number.parseInt(pair, 16))
}

const hex = (rgb: number[]): string => `#${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
