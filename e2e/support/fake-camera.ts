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

/** Films a picture of the page as a phone would see it: on a grey wall, in one frame that is shown again and again. */
export async function film(page: Page, picture: string, file: string): Promise<void> {
  const brightness = await page.locator(picture).evaluate(
    (image, { width, height }) => {
      if (!(image instanceof HTMLImageElement)) throw new Error('This is no picture.')
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d')
      if (!context) throw new Error('There is nothing to draw on.')
      context.fillStyle = '#999'
      context.fillRect(0, 0, width, height)
      const side = height * 0.7
      context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side)
      const { data } = context.getImageData(0, 0, width, height)
      return Array.from({ length: width * height }, (_, index) => data[index * 4] ?? 0)
    },
    { width: WIDTH, height: HEIGHT },
  )
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`)
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
  await writeFile(file, Buffer.concat([head, Buffer.from(brightness), colourless]))
}
