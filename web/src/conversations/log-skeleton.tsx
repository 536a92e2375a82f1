import { Skeleton } from '../platform/skeleton.tsx'
import { useText } from '../platform/texts.tsx'

const shapes = [
  { name: 118, words: '62%' },
  { name: 92, words: '40%' },
  { name: 140, words: '74%' },
  { name: 104, words: '28%' },
  { name: 126, words: '55%' },
]

export function LogSkeleton() {
  const text = useText()
  return (
    <output className="log-skeleton appear-late" aria-label={text('state.loading')}>
      {shapes.map(({ name, words }) => (
        <div className="msg" key={name} aria-hidden="true">
          <Skeleton width={32} height={32} round />
          <div className="older">
            <Skeleton width={name} />
            <Skeleton width={words} />
          </div>
        </div>
      ))}
    </output>
  )
}
