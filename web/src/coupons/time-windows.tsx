import { Plus, X } from 'lucide-react'
import type { TimeWindow } from '../../../protocol/coupons.ts'
import { limits } from '../../../protocol/limits.ts'
import { Button } from '../platform/button.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { numbered } from '../platform/numbered.ts'
import { TextField } from '../platform/text-field.tsx'
import { useTexts } from '../platform/texts.tsx'

type TimeWindowsProps = { windows: TimeWindow[]; onChange: (windows: TimeWindow[]) => void }

const fresh: TimeWindow = { days: [1, 2, 3, 4, 5], from: '11:00', until: '14:00' }

/** On which days, and at which hours, a coupon is taken; none: always. */
export function TimeWindows({ windows, onChange }: TimeWindowsProps) {
  const { text } = useTexts()
  const change = (at: number, next: Partial<TimeWindow>) =>
    onChange(windows.map((window, index) => (index === at ? { ...window, ...next } : window)))
  return (
    <>
      {numbered(windows).map(({ place, ...window }) => (
        <fieldset key={place} className="time-window" aria-label={text('campaign.windowNumber', { number: place + 1 })}>
          <div className="col grow g1">
            <DayTicks days={window.days} onChange={(days) => change(place, { days })} />
            <div className="pair">
              <TextField
                type="time"
                label={text('campaign.from')}
                value={window.from}
                onChange={(event) => event.target.value && change(place, { from: event.target.value })}
              />
              <TextField
                type="time"
                label={text('campaign.until')}
                value={window.until === '24:00' ? '00:00' : window.until}
                onChange={(event) => event.target.value && change(place, { until: untilOf(event.target.value) })}
              />
            </div>
          </div>
          <IconButton
            icon={X}
            label={text('campaign.windowRemove')}
            onClick={() => onChange(windows.filter((_, at) => at !== place))}
          />
        </fieldset>
      ))}
      {windows.length < limits.campaignWindows && (
        <span>
          <Button size="small" icon={Plus} onClick={() => onChange([...windows, fresh])}>
            {text('campaign.windowAdd')}
          </Button>
        </span>
      )}
    </>
  )
}

/** Midnight, as an end, is the end of the day. */
const untilOf = (time: string) => (time === '00:00' ? '24:00' : time)

const MONDAY = Date.UTC(2024, 0, 1)
const week = [1, 2, 3, 4, 5, 6, 7]

function DayTicks({ days, onChange }: { days: number[]; onChange: (days: number[]) => void }) {
  const { locale } = useTexts()
  const named = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  return (
    <div className="day-ticks">
      {week.map((day) => (
        <label key={day} className="row g1 check">
          <input
            type="checkbox"
            className="tick"
            checked={days.includes(day)}
            onChange={(event) =>
              onChange(week.filter((one) => (one === day ? event.target.checked : days.includes(one))))
            }
          />
          {named.format(new Date(MONDAY + (day - 1) * 86_400_000))}
        </label>
      ))}
    </div>
  )
}
