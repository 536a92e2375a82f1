/** What the audit log records. A new one is added here, with its words under `audit.act.…` in the web app's texts. */
export const auditActs = [
  'audit.exported',
  'conversation.owners-changed',
  'data.exported',
  'device.released',
  'device.revoked',
  'import.applied',
  'invitation.accepted',
  'member.added',
  'member.agent-changed',
  'member.changed',
  'member.invited',
  'member.removed',
  'member.role-changed',
  'organization.changed',
  'organization.created',
  'passkey.added',
  'passkey.removed',
  'sign-in-source.changed',
  'sign-in-source.linked',
  'sign-in-source.removed',
] as const
export type AuditAct = (typeof auditActs)[number]
