import { isCodeToken } from './code-token.ts'

/** What both the browser's own detector and its stand-in do. */
export type Detector = { detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]> }

type Native = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> }

/** The browser's own where it reads QR codes; else one in WebAssembly that this server brings along. */
export async function openDetector(): Promise<Detector> {
  const native: Native | undefined = Object(globalThis).BarcodeDetector
  const formats: readonly string[] | undefined = await native?.getSupportedFormats().catch(() => [])
  if (native && formats?.some((format) => format === 'qr_code')) return new native({ formats: ['qr_code'] })
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasm }] = await Promise.all([
    import('barcode-detector/ponyfill'),
    import('zxing-wasm/reader/zxing_reader.wasm?url'),
  ])
  prepareZXingModule({
    overrides: { locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasm : prefix + path) },
  })
  return new BarcodeDetector({ formats: ['qr_code'] })
}

/** The token of a code of ours, whatever address it was printed under; undefined for all other pictures. */
export function tokenIn(text: string): string | undefined {
  const path = URL.canParse(text) ? new URL(text).pathname : text
  const token = /^\/c\/([\w-]{30,80})$/.exec(path)?.[1]
  return token !== undefined && isCodeToken(token) ? token : undefined
}
