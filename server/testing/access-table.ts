/** Who may use a command at all. What they may reach with it, `allow` decides for each object. */
export type Access =
  /** Whoever can read the server's data folder. */
  | 'operator'
  | 'owners'
  /** Owners and administrators. */
  | 'administrators'
  /** Whoever takes part in the organization. */
  | 'members'
  /** The same, and whoever takes part from outside. */
  | 'members and contacts'
  /** Those who are in the conversation, or see the message, that the request names. */
  | 'participants'
  /** Whoever has a session: it concerns their own account. Says why that is enough. */
  | { session: string }
  /** Everybody, without a session: something else opens it. Says what. */
  | { open: string }

/** One line for each command; `server/access.test.ts` then tries it with everybody else. */
export const access: Readonly<Record<string, Access>> = {
  'setup.create-link': 'operator',
  'organization.list': 'operator',
  'audit.read': 'operator',

  'sign-in-source.get': 'owners',
  'sign-in-source.set': 'owners',
  'sign-in-source.remove': 'owners',

  'organization.change': 'administrators',
  'member.set-role': 'administrators',
  'member.set-agent': 'administrators',
  'member.invite': 'administrators',
  'member.add': 'administrators',
  'member.change': 'administrators',
  'member.remove': 'administrators',
  'member.release-devices': 'administrators',
  'dispatch.list': 'administrators',
  'import.preview': 'administrators',
  'import.apply': 'administrators',
  'member.preview-move': 'administrators',
  'scim.get': 'administrators',
  'scim-token.create': 'administrators',
  'scim-token.revoke': 'administrators',
  'ldap.get': 'administrators',
  'ldap.set': 'administrators',
  'ldap.remove': 'administrators',
  'ldap.start-run': 'administrators',
  'ldap.get-run': 'administrators',
  'ldap.apply-run': 'administrators',
  'audit.list': 'administrators',
  'audit.export': 'administrators',
  'report.set-policy': 'administrators',
  'contact.get': 'administrators', // and whoever looks after them, or shares a conversation with them
  'contact.change': 'administrators', // and whoever looks after them
  'contact.tag': 'administrators',
  'consent.record': 'administrators',
  'contact.preview-import': 'administrators',
  'contact.import': 'administrators',
  'contact.export': 'administrators',
  'outsider-rules.change': 'administrators',
  'levels.create': 'participants', // a manager for themselves, administrators for anybody

  'organization.get': 'members',
  'member.list': 'members',
  'member.get': 'members',
  'chart.get': 'members',
  'field.list': 'members',
  'direct.post': 'members',
  'conversation.create': 'members',
  // Reports are read by those who have somebody below them in the chart, about those alone.
  'report.read': 'members',
  'report.read-messages': 'members',
  'report.export': 'members',
  'report.get-policy': 'members',
  'report.subscribe': 'members',
  'conversation.list': 'members and contacts',
  'schedule.list': 'members and contacts',
  'person.names': 'members and contacts',
  'chart.chain': 'members',
  'contact.list': 'members',
  'contact.keepers': 'members',
  'contact.create': 'members',
  'outsider-rules.get': 'members',

  'message.post': 'participants',
  'message.post-with-fields': 'participants',
  'message.preview': 'participants',
  'message.filled': 'participants',
  'message.edit': 'participants',
  'message.delete': 'participants',
  'message.react': 'participants',
  'message.history': 'participants',
  'message.recipients': 'participants',
  'message.reach': 'participants',
  'message.missed': 'participants',
  'schedule.create': 'participants',
  'schedule.cancel': 'participants',
  'audience.mark': 'participants',
  'audience.narrow': 'participants',
  'audience.keep': 'participants',
  'typing.start': 'participants',
  'sync.difference': 'participants',
  'conversation.get': 'participants',
  'conversation.members': 'participants',
  'conversation.add-members': 'participants',
  'conversation.remove-members': 'participants',
  'conversation.set-owners': 'participants',
  'conversation.leave': 'participants',
  'conversation.rename': 'participants',
  'conversation.nest': 'participants',
  'conversation.unnest': 'participants',
  'conversation.split': 'participants',
  'conversation.close-off': 'participants',
  'code.create': 'participants',
  'code.list': 'participants',
  'code.statistics': 'participants',
  'code.rotate': 'participants',
  'code.revoke': 'participants',

  'campaign.create': 'administrators',
  // Members meet the campaigns that name them; to others it is as if there were none.
  'campaign.change': 'administrators',
  'campaign.set-state': 'administrators',
  'campaign.set-picture': 'administrators',
  'campaign.statistics': 'administrators', // and members who send it
  'campaign.list': 'members',
  'campaign.get': 'members', // of those they send or redeem
  'coupon.issue': 'administrators', // and members who send it
  'coupon.void': 'administrators',
  'coupon.list': 'administrators',
  'coupon.check': 'members',
  'coupon.lock': 'members',
  'coupon.unlock': 'members',
  'coupon.redeem': 'members',
  'redemption.roll-back': 'members',
  'redemption.list': 'members',
  // Whoever sees the message with the coupon.
  'coupon.claim': 'participants',
  'coupon.offer': 'participants',
  // Whoever holds the coupon.
  'coupon.get': 'participants',
  'coupon.save': 'participants',
  'coupon.transfer': 'participants',
  'wallet.add': 'participants',
  'booklet.read': { session: 'one’s own coupons' },

  'contact.remove': 'administrators',

  'session.get': { session: 'tells only of oneself' },
  'session.end': { session: 'ends one’s own session' },
  'device.list': { session: 'lists one’s own devices' },
  'device.revoke': { session: 'finds one’s own devices alone' },
  'device.revoke-others': { session: 'ends one’s own sessions' },
  'pairing.list': { session: 'lists who waits to come in as oneself' },
  'pairing.find': { session: 'finds by its link who waits to come in as oneself' },
  'pairing.show-code': { session: 'lets in as oneself' },
  'pairing.confirm': { session: 'lets in as oneself' },
  'pairing.refuse': { session: 'refuses whoever waits to come in as oneself' },
  'passkey.list': { session: 'lists one’s own passkeys' },
  'passkey.begin': { session: 'makes a passkey for oneself' },
  'passkey.add': { session: 'keeps a passkey of one’s own' },
  'passkey.rename': { session: 'finds one’s own passkeys alone' },
  'passkey.remove': { session: 'finds one’s own passkeys alone' },
  'invitation.accept': { session: 'finds one’s own invitation alone' },
  'invitation.decline': { session: 'finds one’s own invitation alone' },
  'import.progress': { session: 'tells of one’s own import alone' },
  'sync.open': { session: 'opens what one is in, which may be nothing' },
  'sync.person-difference': { session: 'one’s own log' },

  'code.use': { session: 'the scanned code opens it' },

  'code.scan': { open: 'the scanned code opens it' },
  'code.request': { open: 'the scanned code opens it; limits hold it' },
  'code.join': { open: 'the scanned code and the access code open it' },
  'code.join-anonymously': { open: 'the scanned code opens it, where the organization says so' },
  'session.request-code': { open: 'asking for a code is how a session begins; limits hold it' },
  'session.start': { open: 'the code opens it' },
  'pairing.check': { open: 'the secret of the sign-in that waits opens it' },
  'pairing.complete': { open: 'the secret and the code, or the confirmation, open it' },
  'pairing.cancel': { open: 'the secret of the sign-in that waits opens it' },
  'wallet.options': { open: 'tells what this server is set up for' },
  'sign-in.options': { open: 'tells what the screen for signing in shows' },
  'sign-in.begin': { open: 'leads to a provider, who asks who it is' },
  'sign-in.return': { open: 'the state that was given to this browser opens it' },
  'session.start-with-provider': { open: 'what the provider has said to this browser opens it' },
  'session.begin-with-passkey': { open: 'gives out a challenge; limits hold it' },
  'session.start-with-passkey': { open: 'the passkey opens it' },
  'invitation.get': { open: 'the token of the link opens it' },
  'invitation.redeem': { open: 'the token of the link and the code open it' },
  'setup.check': { open: 'the token of the link opens it' },
  'organization.create': { open: 'the token of the link opens it' },
}
