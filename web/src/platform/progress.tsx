import { classes } from './classes.ts'

type ProgressProps = { label: string; done: number; total: number; meaning?: 'ok' | undefined }

/** Real progress only: done of total. The number stands beside the bar. */
export const Progress = ({ label, done, total, meaning }: ProgressProps) => (
  <progress
    className={classes('meter', meaning)}
    aria-label={label}
    value={Math.min(done, total)}
    max={Math.max(total, 1)}
  />
)
