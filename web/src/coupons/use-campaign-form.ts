import { useState } from 'react'
import { v7 as newId } from 'uuid'
import type { Campaign } from '../../../protocol/coupons.ts'
import { limits } from '../../../protocol/limits.ts'
import { RequestError } from '../../../sdk/index.ts'
import { useHere } from '../organization/organization-context.tsx'
import { useAct, useClient } from '../platform/client.tsx'
import { toBase64 } from '../structure/base64.ts'
import { emptyWords, previewOf, readWords, wordsOf } from './campaign-words.ts'
import type { CampaignWords } from './campaign-words.ts'

/** A picture that was chosen and is not stored yet; null: the one there is, is taken away. */
type NewPicture = { url: string; base64: string } | null

type Forming = {
  campaign: Campaign | undefined
  /** Of a new one. */
  timeZone: string
  onSaved: (campaign: Campaign) => void
}

/** What stands in the editor of a campaign, and how it is saved. */
export function useCampaignForm({ campaign, timeZone, onSaved }: Forming) {
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const currency = organization.locale === 'zh-CN' ? 'CNY' : 'USD'
  const [words, setWords] = useState(() => (campaign ? wordsOf(campaign, currency) : emptyWords(currency, timeZone)))
  const [picture, setPicture] = useState<NewPicture>()
  const [isStrict, setStrict] = useState(false)
  const [campaignId] = useState(() => campaign?.id ?? newId())
  const read = readWords(words)
  const shownPicture = picture === undefined ? (campaign?.picture ?? null) : (picture?.url ?? null)

  async function send(): Promise<Campaign> {
    const one = { organizationId: organization.id, campaignId }
    const { value, ...others } = read.content
    const isFixed = campaign !== undefined && campaign.counts.issued > 0
    const saved = campaign
      ? await client.do('campaign.change', {
          ...one,
          ...others,
          ...(!isFixed && { value }),
        })
      : await client.do('campaign.create', { ...one, ...read.content })
    if (picture === undefined) return saved
    return client.do('campaign.set-picture', { ...one, picture: picture?.base64 ?? null })
  }

  return {
    words,
    read,
    isStrict,
    working,
    preview: previewOf(read, shownPicture),
    set: (change: Partial<CampaignWords>) => setWords((before) => ({ ...before, ...change })),
    removePicture: () => setPicture(null),
    choosePicture: (file: File) =>
      void act(async () => {
        if (file.size > limits.campaignPictureBytes) throw new RequestError('input.too-large')
        setPicture({ url: URL.createObjectURL(file), base64: await toBase64(file) })
      }),
    save: () => {
      setStrict(true)
      if (read.faults.size > 0) return
      void act(async () => onSaved(await send()))
    },
  }
}
