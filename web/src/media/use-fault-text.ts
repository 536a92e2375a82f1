import { RequestError } from '../../../sdk/index.ts'
import type { Attachment } from '../conversations/attached.ts'
import { useErrorText } from '../platform/client.tsx'
import { useTexts } from '../platform/texts.tsx'
import { bytesText } from './bytes.ts'
import { largestOf } from './uploads.ts'

/** Why something could not be taken. */
export function useFaultText(): (item: Attachment) => string {
  const { text, locale } = useTexts()
  const explain = useErrorText()
  return ({ fault, kind, file }) => {
    if (!(fault instanceof RequestError) || fault.code !== 'media.too-large') return explain(fault)
    const [size, most] = [bytesText(file.size, locale), bytesText(largestOf[kind], locale)]
    return text('media.tooLarge', { kind, size, most })
  }
}
