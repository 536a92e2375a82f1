/**
 * What this node's delivery shall send once the transaction has committed. `topic` says who may hear it:
 * `audience:<id>`, `person:<id>`, `organization:<id>` or `device:<id>`. Only a short cut: the facts themselves are
 * rows.
 */
export type Announcement = {
  topic: string
  body: object
  /** Of the audience's membership, so that a node with an older one reloads before it delivers. */
  version?: number
  /** Of an event in a person's own log: the body says all there is to say, whatever else that person may see. */
  isWhole?: boolean
}
