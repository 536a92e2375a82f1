import type { Code } from '../../../protocol/codes.ts'
import { useText } from '../platform/texts.tsx'

/** The picture of a code. */
export function Qr({ code, size }: { code: Code; size: 'small' | 'large' }) {
  const text = useText()
  return <img className={`qr ${size}`} src={code.picture} alt={text('codes.picture', { place: code.place })} />
}
