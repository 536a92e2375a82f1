import { v7 as uuidv7 } from 'uuid'
import { orderCases } from './order-leak-cases.ts'
import type { CouponScene } from './coupon-scene.ts'

type Place = { conversationId: string; audienceId: string; number: number }
/** What there is to reach for. */
export type Scene = {
  organizationId: string
  otherOrganizationId: string
  group: Place
  broadcast: Place
  /** An audience of that broadcast from which Janet is left out. */
  narrowed: Place
  /** A member of both, and their device. */
  personId: string
  deviceId: string
  ownConversationId: string
  /** Somebody outside whom Andrew looks after, and a code of the group. */
  contactId: string
  codeId: string
} & CouponScene
type Closed = 'robert' | 'outsider' | 'invited' | 'removed' | 'nobody'
export type Case = {
  /** A sound request for something that belongs to the group and its people. */
  input(scene: Scene): object
  /** Those who must be refused; what the others get is their own, and is searched for canaries. */
  closedTo?: readonly Closed[]
  /** What a listener of a broadcast may do with it: read it without a trace, or nothing. */
  listeners?: 'read' | 'refused'
  /** Makes something new of one's own. */
  isFounding?: boolean
}

/** Whoever is not in the conversation. */
const all = ['robert', 'outsider', 'invited', 'removed', 'nobody'] as const
/** Whoever is not in the organization; Robert is. */
const outside = ['outsider', 'invited', 'removed', 'nobody'] as const
const nobody = ['nobody'] as const

const inside = ({ organizationId }: Scene) => ({ organizationId })
const conversation = (scene: Scene) => ({ ...inside(scene), conversationId: scene.group.conversationId })
const people = (scene: Scene) => ({ ...conversation(scene), personIds: [scene.personId] })
const audience = (scene: Scene) => ({ ...inside(scene), audienceId: scene.group.audienceId })
const message = (scene: Scene) => ({ ...audience(scene), number: scene.group.number })
const parts = [{ type: 'text', text: 'I should not be here' }]
const device = { name: 'Test', class: 'desktop' }
const waiting = () => ({ pairingId: uuidv7(), secret: token })
const credential = { id: 'aaaa', rawId: 'aaaa', type: 'public-key' }
const created = { ...credential, response: { clientDataJSON: 'aaaa', attestationObject: 'aaaa' } }
const used = { ...credential, response: { clientDataJSON: 'aaaa', authenticatorData: 'aaaa', signature: 'aaaa' } }
const token = 'a-token-that-somebody-has-made-up'
const list = Buffer.from('Name,Email\nSomebody,somebody@elsewhere.example\n').toString('base64')
const file = (scene: Scene) => ({ ...inside(scene), fileName: 'list.csv', content: list })
const contact = (scene: Scene) => ({ ...inside(scene), personId: scene.contactId })
const code = (scene: Scene) => ({ ...inside(scene), kind: 'group', subjectId: scene.group.conversationId })
const oneCode = (scene: Scene) => ({ ...inside(scene), codeId: scene.codeId })
const person = (scene: Scene) => ({ ...inside(scene), personId: scene.personId })

const campaign = (scene: Scene) => ({ ...inside(scene), campaignId: scene.campaignId })
const atTill = (scene: Scene) => ({ ...inside(scene), code: scene.couponCode })
const offer = (scene: Scene) => ({ ...message(scene), number: scene.couponNumber, campaignId: scene.campaignId })
const coupon = ({ couponId }: Scene) => ({ couponId })
const report = (scene: Scene) => ({ ...inside(scene), from: '2026-01-01', until: '2026-12-31' })

/** What strangers get, of every command there is. */
export const cases: Record<string, Case> = {
  'session.request-code': { input: () => ({ address: 'nancy@northwind.example' }) },
  'session.start': { input: () => ({ requestId: uuidv7(), code: '12345678', device, keep: 'token' }), closedTo: all },
  'session.end': { input: () => ({}), closedTo: nobody },
  'session.get': { input: () => ({}), closedTo: nobody },
  'device.list': { input: () => ({}), closedTo: nobody },
  'device.revoke': { input: ({ deviceId }) => ({ deviceId }), closedTo: all },
  'device.revoke-others': { input: () => ({}), closedTo: nobody },
  'pairing.list': { input: () => ({}), closedTo: nobody },
  'pairing.find': { input: () => ({ token }), closedTo: all },
  'pairing.show-code': { input: () => ({ pairingId: uuidv7() }), closedTo: all },
  'pairing.confirm': { input: () => ({ token }), closedTo: all },
  'pairing.refuse': { input: () => ({ pairingId: uuidv7() }), closedTo: all },
  'pairing.check': { input: waiting, closedTo: all },
  'pairing.complete': { input: () => ({ ...waiting(), code: '12345678', keep: 'token' }), closedTo: all },
  'pairing.cancel': { input: waiting },
  'sign-in.options': { input: () => ({}) },
  'sign-in.begin': { input: ({ organizationId }) => ({ sourceId: organizationId }) },
  'sign-in.return': {
    input: ({ organizationId }) => ({ sourceId: organizationId, state: token, code: 'x' }),
    closedTo: all,
  },
  'session.begin-with-passkey': { input: () => ({}) },
  'session.start-with-passkey': {
    input: () => ({ challengeId: uuidv7(), response: used, device, keep: 'token' }),
    closedTo: all,
  },
  'session.start-with-provider': { input: () => ({ attemptId: uuidv7(), device, keep: 'token' }), closedTo: all },
  'passkey.list': { input: () => ({}), closedTo: nobody },
  'passkey.begin': { input: () => ({}), closedTo: nobody },
  'passkey.add': { input: () => ({ challengeId: uuidv7(), response: created, name: 'Mine' }), closedTo: all },
  'passkey.rename': { input: () => ({ passkeyId: 'aaaa', name: 'Mine' }), closedTo: all },
  'passkey.remove': { input: () => ({ passkeyId: 'aaaa' }), closedTo: all },
  'sign-in-source.get': { input: inside, closedTo: all },
  'sign-in-source.set': {
    input: (scene) => ({
      ...inside(scene),
      label: 'Mine',
      issuer: 'https://login.elsewhere.example',
      clientId: 'mine',
      secret: 'mine',
    }),
    closedTo: all,
  },
  'sign-in-source.remove': { input: inside, closedTo: all },
  'setup.check': { input: () => ({ token }), closedTo: all },
  'setup.create-link': { input: () => ({}), closedTo: all },
  'organization.create': {
    input: () => ({
      token,
      organizationId: uuidv7(),
      name: 'Mine',
      administrator: { name: 'Me', address: 'me@mine.example' },
    }),
    closedTo: all,
    isFounding: true,
  },
  'organization.change': { input: (scene) => ({ ...inside(scene), name: 'Mine now' }), closedTo: all },
  'organization.get': { input: inside, closedTo: ['outsider', 'removed', 'nobody'] },
  'organization.list': { input: () => ({}), closedTo: all },
  'member.list': { input: inside, closedTo: outside },
  'member.get': { input: (scene) => ({ ...inside(scene), personIds: [scene.personId] }), closedTo: outside },
  'member.set-role': { input: (scene) => ({ ...person(scene), role: 'administrator' }), closedTo: all },
  'member.set-agent': { input: (scene) => ({ ...person(scene), isAgent: true }), closedTo: all },
  'member.release-devices': { input: person, closedTo: all },
  'member.invite': { input: (scene) => ({ ...inside(scene), personIds: [scene.personId] }), closedTo: all },
  'member.add': {
    input: (scene) => ({ ...inside(scene), name: 'Somebody', address: 'somebody@elsewhere.example' }),
    closedTo: all,
  },
  'member.change': { input: (scene) => ({ ...person(scene), title: 'Nothing' }), closedTo: all },
  'member.remove': { input: person, closedTo: all },
  'chart.get': { input: inside, closedTo: outside },
  'invitation.get': { input: () => ({ token }), closedTo: all },
  'invitation.redeem': { input: () => ({ token, code: '12345678', device, keep: 'token' }), closedTo: all },
  'invitation.accept': {
    input: () => ({ organizationId: uuidv7() }),
    closedTo: nobody,
  },
  'invitation.decline': {
    input: () => ({ organizationId: uuidv7() }),
    closedTo: nobody,
  },
  'audit.list': { input: inside, closedTo: all },
  'audit.read': { input: inside, closedTo: all },
  'audit.export': { input: inside, closedTo: all },
  'dispatch.list': { input: inside, closedTo: all },
  'message.post': {
    input: (scene) => ({ ...audience(scene), id: uuidv7(), parts }),
    closedTo: all,
    listeners: 'refused',
  },
  'message.post-with-fields': {
    input: (scene) => ({ ...audience(scene), id: uuidv7(), parts, fields: {} }),
    closedTo: all,
    listeners: 'refused',
  },
  'message.preview': { input: (scene) => ({ ...audience(scene), parts }), closedTo: all, listeners: 'refused' },
  'message.filled': { input: message, closedTo: all, listeners: 'refused' },
  'field.list': { input: inside, closedTo: outside },
  'direct.post': {
    input: (scene) => ({ ...person(scene), id: uuidv7(), parts }),
    closedTo: outside,
  },
  'message.edit': { input: (scene) => ({ ...message(scene), parts }), closedTo: all, listeners: 'refused' },
  'message.delete': { input: message, closedTo: all, listeners: 'refused' },
  'message.react': {
    input: (scene) => ({ ...message(scene), emoji: '👍', isOn: true }),
    closedTo: all,
    listeners: 'refused',
  },
  'message.history': { input: audience, closedTo: all, listeners: 'read' },
  'message.recipients': { input: message, closedTo: all, listeners: 'refused' },
  'conversation.create': {
    input: (scene) => ({
      ...inside(scene),
      conversationId: scene.ownConversationId,
      kind: 'group',
      name: 'Mine',
      personIds: [scene.personId],
    }),
    closedTo: outside,
  },
  'conversation.add-members': { input: people, closedTo: all, listeners: 'refused' },
  'conversation.remove-members': { input: people, closedTo: all, listeners: 'refused' },
  'conversation.set-owners': { input: people, closedTo: all, listeners: 'refused' },
  'conversation.leave': { input: conversation, closedTo: all },
  'conversation.rename': {
    input: (scene) => ({ ...conversation(scene), name: 'Mine now' }),
    closedTo: all,
    listeners: 'refused',
  },
  'conversation.nest': {
    input: (scene) => ({ ...conversation(scene), innerId: scene.broadcast.conversationId }),
    closedTo: all,
    listeners: 'refused',
  },
  'conversation.unnest': {
    input: (scene) => ({ ...conversation(scene), innerId: scene.broadcast.conversationId }),
    closedTo: all,
    listeners: 'refused',
  },
  'conversation.split': {
    input: (scene) => ({
      ...inside(scene),
      conversationId: uuidv7(),
      fromId: scene.group.conversationId,
      name: 'Mine',
      personIds: [scene.personId],
      copies: [{ audienceId: scene.group.audienceId, number: scene.group.number }],
    }),
    closedTo: all,
    listeners: 'refused',
  },
  'audience.narrow': {
    input: (scene) => ({ ...conversation(scene), selection: { rule: 'except', personIds: [scene.personId] } }),
    closedTo: all,
    listeners: 'refused',
  },
  'audience.keep': {
    input: (scene) => ({ ...audience(scene), conversationId: uuidv7(), name: 'Mine' }),
    closedTo: all,
    listeners: 'refused',
  },
  'media.get': { input: (scene) => ({ ...inside(scene), mediaId: uuidv7() }), closedTo: all },
  'message.reach': { input: message, closedTo: all, listeners: 'refused' },
  'message.missed': { input: message, closedTo: all, listeners: 'refused' },
  'schedule.create': {
    input: (scene) => ({ ...audience(scene), id: uuidv7(), parts, postAt: new Date().toISOString() }),
    closedTo: all,
    listeners: 'refused',
  },
  'schedule.list': { input: inside, closedTo: outside },
  'schedule.cancel': { input: (scene) => ({ ...inside(scene), id: uuidv7() }), closedTo: all },
  'conversation.get': { input: conversation, closedTo: all, listeners: 'read' },
  'conversation.list': { input: inside, closedTo: outside, listeners: 'read' },
  'conversation.members': { input: conversation, closedTo: all, listeners: 'refused' },
  'audience.mark': { input: (scene) => ({ ...audience(scene), read: 1 }), closedTo: all },
  'typing.start': { input: audience, closedTo: all, listeners: 'read' },
  'sync.open': { input: () => ({}), closedTo: nobody, listeners: 'read' },
  'sync.difference': {
    input: ({ group }) => ({ audienceId: group.audienceId, after: 0 }),
    closedTo: all,
    listeners: 'read',
  },
  'sync.person-difference': { input: () => ({ after: 0 }), closedTo: nobody, listeners: 'read' },
  'member.preview-move': { input: person, closedTo: all },
  'ldap.get': { input: inside, closedTo: all },
  'ldap.set': {
    input: (scene) => ({
      ...inside(scene),
      url: 'ldaps://ldap.elsewhere.example',
      security: 'tls',
      bindDn: '',
      base: 'dc=elsewhere',
    }),
    closedTo: all,
  },
  'ldap.remove': { input: inside, closedTo: all },
  'ldap.start-run': { input: (scene) => ({ ...inside(scene), runId: uuidv7(), purpose: 'test' }), closedTo: all },
  'ldap.get-run': { input: (scene) => ({ ...inside(scene), runId: uuidv7() }), closedTo: all },
  'ldap.apply-run': { input: (scene) => ({ ...inside(scene), runId: uuidv7(), digest: 'x' }), closedTo: all },
  'scim.get': { input: inside, closedTo: all },
  'scim-token.create': { input: (scene) => ({ ...inside(scene), tokenId: uuidv7(), name: 'Mine' }), closedTo: all },
  'scim-token.revoke': { input: (scene) => ({ ...inside(scene), tokenId: uuidv7() }), closedTo: all },
  'report.read': { input: report, closedTo: outside },
  'report.read-messages': { input: report, closedTo: outside },
  'report.export': { input: report, closedTo: outside },
  'report.find-customers': { input: inside, closedTo: outside },
  'report.get-policy': { input: inside, closedTo: outside },
  'report.set-policy': { input: (scene) => ({ ...inside(scene), isOn: false }), closedTo: all },
  'report.subscribe': { input: (scene) => ({ ...inside(scene), every: 'week' }), closedTo: outside },
  'import.preview': { input: file, closedTo: all },
  'import.apply': { input: (scene) => ({ ...file(scene), importId: uuidv7(), digest: 'x' }), closedTo: all },
  'import.progress': { input: () => ({ importId: uuidv7() }), closedTo: nobody },
  'levels.create': { input: person, closedTo: all },
  'conversation.close-off': { input: conversation, closedTo: all, listeners: 'refused' },
  'person.names': {
    input: (scene) => ({ ...inside(scene), personIds: [scene.personId] }),
    closedTo: ['outsider', 'invited', 'removed', 'nobody'],
  },
  'chart.chain': { input: inside, closedTo: outside },
  'contact.list': { input: inside, closedTo: outside },
  'contact.keepers': { input: inside, closedTo: outside },
  'contact.get': { input: contact, closedTo: all },
  'contact.create': {
    input: (scene) => ({ ...inside(scene), name: 'Somebody', addresses: ['somebody@elsewhere.example'] }),
    closedTo: outside,
  },
  'contact.change': { input: (scene) => ({ ...contact(scene), notes: 'mine' }), closedTo: all },
  'contact.tag': {
    input: (scene) => ({ ...inside(scene), personIds: [scene.contactId], add: ['mine'] }),
    closedTo: all,
  },
  'contact.remove': { input: contact, closedTo: all },
  'contact.preview-import': { input: file, closedTo: all },
  'contact.import': { input: (scene) => ({ ...file(scene), digest: 'x' }), closedTo: all },
  'contact.export': { input: inside, closedTo: all },
  'consent.record': {
    input: (scene) => ({ ...contact(scene), consentId: uuidv7(), kind: 'mail', isGiven: true, how: 'x', wording: 'y' }),
    closedTo: all,
  },
  'outsider-rules.get': { input: inside, closedTo: outside },
  'outsider-rules.change': { input: (scene) => ({ ...inside(scene), admitsAnonymous: true }), closedTo: all },
  'campaign.create': {
    input: (scene) => ({
      ...inside(scene),
      campaignId: uuidv7(),
      name: 'Mine',
      title: 'Mine',
      value: { kind: 'item', item: 'Tea' },
    }),
    closedTo: all,
    isFounding: true,
  },
  'campaign.change': { input: (scene) => ({ ...campaign(scene), name: 'Mine' }), closedTo: all },
  'campaign.set-state': { input: (scene) => ({ ...campaign(scene), state: 'ended' }), closedTo: all },
  'campaign.set-picture': { input: (scene) => ({ ...campaign(scene), picture: null }), closedTo: all },
  'campaign.get': { input: campaign, closedTo: outside },
  'campaign.statistics': { input: campaign, closedTo: all },
  'campaign.list': { input: inside, closedTo: outside },
  'coupon.issue': {
    input: (scene) => ({ ...campaign(scene), issueId: uuidv7(), personIds: [scene.personId] }),
    closedTo: all,
  },
  'coupon.void': { input: (scene) => ({ ...inside(scene), ...coupon(scene), reason: 'Mine' }), closedTo: all },
  'coupon.list': { input: campaign, closedTo: all },
  // A code that is not one of the organization's is counted there as a guess: that is something of one's own.
  'coupon.check': { input: atTill, closedTo: outside, isFounding: true },
  'coupon.lock': { input: (scene) => ({ ...atTill(scene), lockId: uuidv7() }), closedTo: outside, isFounding: true },
  'coupon.unlock': { input: (scene) => ({ ...atTill(scene), lockId: uuidv7() }), closedTo: outside, isFounding: true },
  'coupon.redeem': {
    input: (scene) => ({ ...atTill(scene), redemptionId: uuidv7() }),
    closedTo: outside,
    isFounding: true,
  },
  'redemption.roll-back': { input: (scene) => ({ ...inside(scene), id: scene.redemptionId }), closedTo: all },
  'redemption.list': { input: inside, closedTo: outside },
  'coupon.claim': {
    input: (scene) => ({ ...offer(scene), claimId: uuidv7() }),
    closedTo: all,
    listeners: 'refused',
  },
  'coupon.offer': {
    input: offer,
    closedTo: all,
    listeners: 'refused',
  },
  'coupon.get': { input: coupon, closedTo: all },
  'coupon.save': { input: coupon, closedTo: all },
  'coupon.transfer': { input: (scene) => ({ ...coupon(scene), personId: scene.personId }), closedTo: all },
  'booklet.read': { input: () => ({}), closedTo: nobody },
  'wallet.options': { input: () => ({}) },
  'wallet.add': { input: (scene) => ({ ...inside(scene), ...coupon(scene), wallet: 'apple' }), closedTo: all },
  'code.create': {
    input: (scene) => ({ ...code(scene), codeId: uuidv7(), place: 'Mine' }),
    closedTo: all,
    listeners: 'refused',
  },
  'code.list': { input: code, closedTo: all, listeners: 'refused' },
  'code.rotate': { input: oneCode, closedTo: all },
  'code.revoke': { input: oneCode, closedTo: all },
  'code.statistics': { input: oneCode, closedTo: all },
  'code.scan': { input: () => ({ token }), closedTo: all },
  'code.use': { input: () => ({ token }), closedTo: all },
  'code.request': { input: () => ({ token, address: 'nancy@northwind.example' }), closedTo: all },
  'code.join': {
    input: () => ({ token, requestId: uuidv7(), code: '12345678', device, keep: 'token' }),
    closedTo: all,
  },
  'code.join-anonymously': { input: () => ({ token, device, keep: 'token' }), closedTo: all },
  ...orderCases,
}
