import { useDeferredValue, useState } from 'react'
import type { z } from 'zod'
import type { ReportCustomers } from '../../../protocol/reports.ts'
import { useHere } from '../organization/organization-context.tsx'
import { Button } from '../platform/button.tsx'
import { useAnswer, useErrorText } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { Notice } from '../platform/notice.tsx'
import { PersonChoice } from '../platform/person-choice.tsx'
import { SearchField } from '../platform/search-field.tsx'
import { useText } from '../platform/texts.tsx'

export type Customer = z.infer<typeof ReportCustomers>['customers'][number]

type ByCustomerProps = { customer: Customer | undefined; onChoose: (customer: Customer | undefined) => void }

/** Narrows a report to the groups of one customer. */
export function ByCustomer({ customer, onChoose }: ByCustomerProps) {
  const text = useText()
  const [isChoosing, setIsChoosing] = useState(false)
  const choose = (chosen: Customer | undefined) => {
    onChoose(chosen)
    setIsChoosing(false)
  }
  return (
    <div>
      <span className="label">{text('report.customer')}</span>
      <Button onClick={() => setIsChoosing(true)}>
        <span className="cut">{customer?.name ?? text('report.customerAny')}</span>
      </Button>
      {isChoosing && <ChooseCustomer onChoose={choose} onClose={() => setIsChoosing(false)} />}
    </div>
  )
}

type ChooseCustomerProps = { onChoose: (customer: Customer | undefined) => void; onClose: () => void }

function ChooseCustomer({ onChoose, onClose }: ChooseCustomerProps) {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const [words, setWords] = useState('')
  const search = useDeferredValue(words)
  const { data, error } = useAnswer('report.find-customers', { organizationId: organization.id, search })
  const footer = <Button onClick={() => onChoose(undefined)}>{text('report.customerAny')}</Button>
  return (
    <Dialog title={text('report.chooseCustomer')} open onClose={onClose} footer={footer}>
      <div className="picker">
        <SearchField label={text('contacts.search')} words={words} onSearch={setWords} />
        {error && <Notice meaning="bad">{explain(error)}</Notice>}
        <ul className="picker-list">
          {data?.customers.map((customer) => (
            <PersonChoice
              key={customer.personId}
              person={{ id: customer.personId, name: customer.name, about: customer.keeperName ?? undefined }}
              isChosen={false}
              isOnlyOne
              onChoose={() => onChoose(customer)}
            />
          ))}
        </ul>
        {data?.customers.length === 0 && (
          <p className="muted t13">{text(search === '' ? 'report.noCustomersYet' : 'report.noCustomers')}</p>
        )}
      </div>
    </Dialog>
  )
}
