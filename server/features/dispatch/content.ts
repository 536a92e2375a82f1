import { z } from 'zod'
import { Locale } from '../../../protocol/identity.ts'
import type { Seal } from '../../platform/seal.ts'

/** What a dispatch says; kept sealed, since it may hold a code. */
export const Content = z.discriminatedUnion('purpose', [
  z.object({
    purpose: z.literal('access-code'),
    locale: Locale,
    code: z.string(),
    /** For somebody who joins: the way in, and into what. */
    link: z.string().optional(),
    organizationName: z.string().optional(),
  }),
  z.object({
    purpose: z.literal('invitation'),
    locale: Locale,
    code: z.string(),
    link: z.string(),
    personName: z.string(),
    organizationName: z.string(),
  }),
  /** `isOver`: the person is signed out everywhere; else administrators of other organizations must say so too. */
  z.object({
    purpose: z.literal('devices-lost'),
    locale: Locale,
    organizationName: z.string(),
    isOver: z.boolean(),
  }),
  z.object({
    purpose: z.literal('report'),
    locale: Locale,
    personName: z.string(),
    organizationName: z.string(),
    from: z.iso.date(),
    until: z.iso.date(),
    messages: z.int(),
    groups: z.int(),
    people: z.int(),
    /** The most active: from whom, where to, how many messages. */
    rows: z.array(z.object({ name: z.string(), subject: z.string(), messages: z.int() })),
    link: z.string(),
    /** All of them, as an attachment. */
    csv: z.string(),
  }),
])
export type Content = z.infer<typeof Content>
export type PlainContent = Exclude<Content, { purpose: 'report' }>
export type ReportContent = Extract<Content, { purpose: 'report' }>

export const sealContent = (seal: Seal, content: Content): Buffer => seal.seal(JSON.stringify(content))
export const openContent = (seal: Seal, sealed: Uint8Array): Content => Content.parse(JSON.parse(seal.open(sealed)))
