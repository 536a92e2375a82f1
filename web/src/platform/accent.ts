/** Text on the accent must be readable: WCAG 2.2 AA, normal text. */
const contrastMin = 4.5

export type Accent = { accent: string; onAccent: '#ffffff' | '#1b1b19' }

/** An organization's colour with the ink that reads better on it; darkened where neither ink reaches the contrast. */
export function readableAccent(colour: string): Accent | undefined {
  const rgb = parse(colour)
  if (!rgb) return undefined
  for (let share = 1; share > 0; share -= 0.02) {
    const shade = rgb.map((channel) => Math.round(channel * share))
    // Near-black ink keeps the look of the page; white is tried first because most accents are dark enough.
    if (contrast(shade, [255, 255, 255]) >= contrastMin) return { accent: hex(shade), onAccent: '#ffffff' }
    if (contrast(shade, [27, 27, 25]) >= contrastMin) return { accent: hex(shade), onAccent: '#1b1b19' }
  }
  return undefined
}

export function applyAccent(colour: string | undefined): void {
  const readable = colour === undefined ? undefined : readableAccent(colour)
  const style = document.documentElement.style
  if (!readable) {
    style.removeProperty('--accent')
    style.removeProperty('--on-accent')
    return
  }
  style.setProperty('--accent', readable.accent)
  style.setProperty('--on-accent', readable.onAccent)
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
