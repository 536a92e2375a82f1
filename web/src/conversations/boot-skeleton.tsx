import { LogSkeleton } from './log-skeleton.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'

/** The shape of the app while the first answer is on its way. */
export const BootSkeleton = () => (
  <div className="app" data-phone="side" data-root="">
    <div className="rail" />
    <div className="side">
      <div className="bar" />
      <SkeletonList rows={10} />
    </div>
    <div className="main">
      <div className="bar" />
      <LogSkeleton />
    </div>
  </div>
)
