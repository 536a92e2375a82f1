import { ChevronRight } from 'lucide-react'
import type { Column, ImportPreview } from '../../../protocol/structure.ts'
import { numbered } from '../platform/numbered.ts'
import { Select } from '../platform/select.tsx'
import { useText } from '../platform/texts.tsx'

const meanings = [
  'key',
  'name',
  'firstName',
  'lastName',
  'title',
  'address',
  'phone',
  'place',
  'manager',
  'none',
] as const satisfies Column[]

type ColumnMapProps = { columns: ImportPreview['columns']; disabled: boolean; onChange: (columns: Column[]) => void }

/** What each column of the file means here. */
export function ColumnMap({ columns, disabled, onChange }: ColumnMapProps) {
  const text = useText()
  const options = meanings.map((value) => ({ value, label: text(`column.${value}`) }))
  return (
    <div className="column-map">
      <div className="column-line t12 dim" aria-hidden="true">
        <span>{text('import.inFile')}</span>
        <span />
        <span>{text('import.here')}</span>
      </div>
      {numbered(columns).map((column) => (
        <div className="column-line" key={column.place}>
          <span className="col">
            <span className="cut" title={column.heading}>
              {column.heading}
            </span>
            <span className="t12 dim cut" title={column.sample}>
              {column.sample}
            </span>
          </span>
          <ChevronRight className="i xs dim" />
          <Select
            label={text('import.meaningOf', { column: column.heading })}
            hideLabel
            value={column.meaning}
            options={options}
            disabled={disabled}
            onChange={(meaning) =>
              onChange(columns.map((other, at) => (at === column.place ? meaning : other.meaning)))
            }
          />
        </div>
      ))}
    </div>
  )
}
