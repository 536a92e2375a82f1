import { writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

const WIDTH = 640
const HEIGHT = 480

/** Chromium takes this film for what its camera sees. */
export const cameraArguments = (film: string) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
]

/** Films a part of the page as a phone would see it: on a grey wall, in one frame that is shown again and again. */
export async function film(page: Page, picture: string, file: string): Promise<void> {
  const seen = (await page.locator(picture).screenshot({ animations: 'disabled' })).toString('base64')
  const brightness = await page.evaluate(
    async ({ base64, width, height }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const context = new OffscreenCanvas(width, height).getContext('2d')
      if (!context) throw new Error('There is nothing to draw on.')
      context.fillStyle = '#999'
      context.fillRect(0, 0, width, height)
      const side = height * 0.7
      context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side)
      const { data } = context.getImageData(0, 0, width, height)
      return Array.from({ length: width * height }, (_, index) => data[index * 4] ?? 0)
    },
    { base64: seen, width: WIDTH, height: HEIGHT },
  )
  await write(file, Buffer.from(brightness))
}

/** The grey wall alone. Whoever opens the camera from now on sees this. */
export const filmNothing = (file: string) => write(file, Buffer.alloc(WIDTH * HEIGHT, 0x99))

async function write(file: string, brightness: Uint8Array): Promise<void> {
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`)
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
  await writeFile(file, Buffer.concat([head, brightness, colourless]))
}
