import type { RuleContent } from '../../../protocol/order-rules.ts'
import { useTexts } from '../platform/texts.tsx'
import { conditionWords, giftWords } from './rule-words.ts'

type InWordsProps = {
  rule: Pick<RuleContent, 'status' | 'form' | 'expression' | 'gifts'>
  campaignName: (campaignId: string) => string
}

/** What a rule does, as one sentence. */
export function RuleInWords({ rule: { status, form, expression, gifts }, campaignName }: InWordsProps) {
  const words = useTexts()
  const { text } = words
  const conditions =
    expression ?? form.conditions.map((one) => conditionWords(words, one)).join(` ${text(`rule.join.${form.join}`)} `)
  return (
    <span className="t13">
      {text('rule.when')} <b>{text(`order.status.${status}`)}</b>
      {conditions !== '' && <span dir="auto">{` ${text('rule.if')} ${conditions}`}</span>}
      {[
        text('rule.comma'),
        text('rule.give'),
        ' ',
        giftWords(gifts, campaignName),
        text('rule.comma'),
        text('rule.once'),
      ]}
    </span>
  )
}
