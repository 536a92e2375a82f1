import { crc32, deflateSync } from 'node:zlib'

/** A ticket in white on the establishment's colour, as a PNG. Wallets ask for a picture beside each notification. */
export function drawIcon(accent: string, size: number): Buffer {
  const colour = [1, 3, 5].map((at) => Number.parseInt(accent.slice(at, at + 2), 16))
  const row = 1 + 3 * size
  const pixels = Buffer.alloc(row * size) // each row begins with its filter: 0, none
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const share = whiteShare((x + 0.5) / size, (y + 0.5) / size, 1 / size)
      colour.forEach((channel, at) => {
        pixels[y * row + 1 + 3 * x + at] = Math.round(channel + (255 - channel) * share)
      })
    }
  return Buffer.concat([signature, header(size), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))])
}

const TICKET = { left: 0.16, right: 0.84, top: 0.3, bottom: 0.7 }
const NOTCH = { x: 0.58, radius: 0.085 }

/** How much of the pixel is ticket; its edges are softened over the width of one pixel. */
function whiteShare(x: number, y: number, pixel: number): number {
  const inside = Math.min(x - TICKET.left, TICKET.right - x, y - TICKET.top, TICKET.bottom - y)
  const fromNotch = Math.min(Math.hypot(x - NOTCH.x, y - TICKET.top), Math.hypot(x - NOTCH.x, y - TICKET.bottom))
  return soften(Math.min(inside, fromNotch - NOTCH.radius) / pixel)
}
const soften = (distance: number) => Math.min(1, Math.max(0, distance + 0.5))

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Eight bits for each of red, green and blue. */
function header(size: number): Buffer {
  const body = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  body.writeUInt32BE(size, 0)
  body.writeUInt32BE(size, 4)
  return chunk('IHDR', body)
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
