/** The scimType values of RFC 7644, 3.12. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'noTarget'
  | 'invalidValue'

/** A "no" in the words of SCIM. */
export class ScimFault extends Error {
  override name = 'ScimFault'
  readonly status: number
  readonly scimType: ScimType | undefined
  readonly retryAfterS: number | undefined

  constructor(
    status: number,
    detail: string,
    more: { scimType?: ScimType; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause })
    this.status = status
    this.scimType = more.scimType
    this.retryAfterS = more.retryAfterS
  }
}

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** RFC 7644, 3.12: the status is a text. */
export const bodyOf = ({ status, scimType, message }: ScimFault) => ({
  schemas: [errorSchema],
  status: String(status),
  ...(scimType === undefined ? {} : { scimType }),
  detail: message,
})

export const notFound = (id: string) => new ScimFault(404, `There is no resource ${id.slice(0, 100)}.`)
export const taken = (detail: string) => new ScimFault(409, detail, { scimType: 'uniqueness' })
export const badValue = (detail: string) => new ScimFault(400, detail, { scimType: 'invalidValue' })
