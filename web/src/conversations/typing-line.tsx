import { useText } from '../platform/texts.tsx'

/** Always there, so that nothing moves when somebody starts to type. */
export function TypingLine({ names }: { names: readonly string[] }) {
  const text = useText()
  const [first, second] = names
  return (
    <div className="typing-line" aria-live="off">
      {first !== undefined && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {text('log.typing', { count: names.length, first, second })}
        </>
      )}
    </div>
  )
}
