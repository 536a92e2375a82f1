/** Every refusal a caller can meet: its HTTP status and what it says in English. Clients decide by the code. */
export const errors = {
  'input.invalid': { status: 400, message: 'Something in the request is not as it should be.' },
  'input.too-large': { status: 413, message: 'The request is too large.' },
  'input.not-json': { status: 400, message: 'The request is not valid JSON.' },
  'command.unknown': { status: 404, message: 'There is no such command.' },
  'command.wrong-method': { status: 405, message: 'Queries are asked with GET, commands are sent with POST.' },
  'command.over-http-only': { status: 400, message: 'This command takes a large body; send it over HTTP.' },
  'command.over-websocket-only': {
    status: 400,
    message: 'This command concerns a connection; send it over the WebSocket.',
  },
  'session.required': { status: 401, message: 'Sign in first.' },
  'session.replaced': {
    status: 401,
    message: 'You have signed in on another device of this kind, which has taken the place of this one. Sign in again.',
  },
  'session.origin-refused': { status: 403, message: 'The request comes from another site.' },
  'access.refused': { status: 403, message: 'This does not exist, or is not yours.' },
  'server.busy': { status: 429, message: 'Too much at once. Try again in a moment.' },
  'server.draining': { status: 503, message: 'This server is being stopped. Connect again in a moment.' },
  'server.unavailable': {
    status: 503,
    message: 'The database does not answer. Nothing is lost; try again in a moment.',
  },
  'server.fault': { status: 500, message: 'Something broke on our side. It has been logged.' },
  'code.wrong': { status: 403, message: 'This code does not fit. Check it, or ask for a new one.' },
  'code.limit': { status: 429, message: 'Too many attempts. Wait a little, then ask for a new code.' },
  'device.class-implausible': {
    status: 400,
    message: 'A browser on a computer signs in as desktop, one on a phone or a tablet as mobile.',
  },
  'pairing.ended': { status: 410, message: 'This sign-in waits no more. Begin again on the device that waits.' },
  'pairing.unconfirmed': {
    status: 409,
    message: 'Confirm it on the device that is signed in, or enter the code that is shown there.',
  },
  'pairing.limit': {
    status: 429,
    message: 'Too many sign-ins wait to be let in. Refuse or confirm them on the device that is signed in.',
  },
  'passkey.unavailable': {
    status: 409,
    message: 'Passkeys need a name: set PUBLIC_URL to an address like https://talk.example.com.',
  },
  'passkey.limit': { status: 409, message: 'You have twenty passkeys. Remove one first.' },
  'passkey.refused': { status: 403, message: 'This passkey was not accepted. Try again, or sign in with a code.' },
  'passkey.unknown': {
    status: 403,
    message: 'This passkey is not known here any more. Sign in with a code, and make a new one.',
  },
  'sign-in.unavailable': { status: 409, message: 'Nobody signs in there now. Sign in with a code.' },
  'sign-in.ended': { status: 410, message: 'This sign-in has ended, or began in another browser. Begin again.' },
  'sign-in.pending': { status: 409, message: 'The provider is being asked. Ask again in a moment.' },
  'sign-in.failed': {
    status: 403,
    message: 'The provider did not confirm who you are. Try again, or sign in with a code.',
  },
  'sign-in.unverified': {
    status: 403,
    message: 'The provider has not verified your mail address. Verify it there, or sign in with a code.',
  },
  'sign-in.unknown-person': {
    status: 403,
    message: 'You are not a member of this organization. Ask an administrator to add the address you use there.',
  },
  'sign-in.code-needed': {
    status: 403,
    message: 'You are in another organization too, so this one’s provider is not enough. Sign in with a code.',
  },
  'setup.token-wrong': {
    status: 403,
    message: 'This set-up link is not valid any more. The server prints a fresh one at start.',
  },
  'invitation.ended': {
    status: 410,
    message: 'This invitation has ended. Sign in with your address to get a fresh code.',
  },
  'invitation.code-needed': {
    status: 403,
    message: 'You take part in another organization. Open the link of this invitation and enter its code.',
  },
  'organization.last-owner': { status: 409, message: 'Someone must be owner. Name another one first.' },
  'organization.owner-stays': {
    status: 409,
    message: 'Only an owner takes an owner out, and no list does. Make them a member first.',
  },
  'organization.accent-unreadable': {
    status: 400,
    message: 'White text on this colour cannot be read. Choose a darker one.',
  },
  'directory.leave-refused': { status: 403, message: 'The directory follows the employee list. Ask an administrator.' },
  'member.address-taken': { status: 409, message: 'Someone in this organization has this address already.' },
  'member.cycle': { status: 409, message: 'This would make a person their own superior.' },
  'member.role-above': {
    status: 403,
    message: 'Only an owner changes an owner, or makes one. Ask one of the owners.',
  },
  'member.not-found': { status: 404, message: 'There is no such member.' },
  'import.unreadable': { status: 400, message: 'This file cannot be read as a list.' },
  'import.faulty': { status: 409, message: 'Some rows are faulty. Mend them, or choose to import the rest.' },
  'import.changed': { status: 409, message: 'Something has changed since the preview. Look at it again.' },
  'ldap.not-connected': { status: 409, message: 'No LDAP directory is connected. Say where it is first.' },
  'ldap.security-differs': {
    status: 400,
    message: 'With ldaps:// goes TLS, with ldap:// StartTLS or no encryption.',
  },
  'ldap.filter-unreadable': { status: 400, message: 'This is no LDAP filter. One is like (objectClass=person).' },
  'ldap.password-needed': { status: 400, message: 'For another server or name, give the password again.' },
  'ldap.busy': { status: 409, message: 'The directory is being read already. Wait until that is done.' },
  'ldap.run-not-found': { status: 404, message: 'There is no such run, or it has been applied.' },
  'scim.token-limit': { status: 409, message: 'An organization has ten secrets for SCIM at most. Revoke one first.' },
  'scim.token-used': { status: 409, message: 'This secret is in use. Make another one.' },
  'scim.token-not-found': { status: 404, message: 'There is no such secret, or it has been revoked.' },
  'contact.not-found': { status: 404, message: 'There is no such contact.' },
  'contact.address-taken': { status: 409, message: 'Another contact of this organization has this address.' },
  'contact.is-member': { status: 409, message: 'This address belongs to a member of the organization.' },
  'conversation.outsiders-refused': {
    status: 403,
    message: 'Only administrators bring people from outside into conversations here.',
  },
  'conversation.owner-external': { status: 409, message: 'Somebody from outside cannot own a conversation.' },
  'conversation.has-outsiders': {
    status: 409,
    message: 'People from outside are still in it. Take them out first, then it can be internal again.',
  },
  'conversation.not-made': {
    status: 409,
    message: 'This group follows the organization chart. Make a group of your own for those who join by a code.',
  },
  'scan.unknown': { status: 404, message: 'This is not a code of this server. Scan it again, in good light.' },
  'scan.expired': { status: 410, message: 'This code has expired. Ask those who gave it to you for a fresh one.' },
  'scan.revoked': { status: 410, message: 'This code is not valid any more. Ask those who gave it to you.' },
  'scan.used-up': { status: 410, message: 'This code has been used as often as it may be.' },
  'scan.own': { status: 409, message: 'This is your own code. Show it to others.' },
  'scan.invited': {
    status: 409,
    message: 'You have been invited into this organization. Accept the invitation first.',
  },
  'scan.anonymous-refused': { status: 403, message: 'This organization wants an address. Enter one to join.' },
  'scan.limit': { status: 429, message: 'Too many from here at once. Try again later.' },
  'scan.place-taken': { status: 409, message: 'There is a code for this place already.' },
  'scan.limit-reached': { status: 409, message: 'There are 200 codes already. Revoke one that is not used.' },
  'conversation.closed': { status: 409, message: 'This conversation is closed.' },
  'conversation.id-taken': { status: 409, message: 'There is another conversation under this id.' },
  'conversation.cycle': { status: 409, message: 'A group cannot be inside itself.' },
  'conversation.too-deep': { status: 409, message: 'Groups can be nested eight deep.' },
  'conversation.kind-differs': { status: 409, message: 'A group takes groups, a broadcast takes broadcasts.' },
  'conversation.needs-owner': { status: 409, message: 'A conversation needs an owner. Name another one first.' },
  'conversation.leave-refused': {
    status: 403,
    message: 'This group follows the organization chart. Its owner or an administrator can change it.',
  },
  'conversation.follows-directory': {
    status: 409,
    message: 'This group follows a group of the directory service. Change it there.',
  },
  'conversation.no-managers-below': { status: 409, message: 'No manager reports to this person.' },
  'broadcast.one-way': { status: 403, message: 'Only its owner writes in a broadcast. Answer them privately instead.' },
  'broadcast.count-changed': {
    status: 409,
    message: 'Somebody has joined or left meanwhile. Look at the selection again.',
  },
  'broadcast.nobody-selected': { status: 400, message: 'Nobody is selected. Tick at least one person.' },
  'broadcast.selection-limit': {
    status: 409,
    message: 'This broadcast has been narrowed in 200 ways already. Use one of them again, or make a group.',
  },
  'fields.template': { status: 400, message: 'This text with fields cannot be read. Look at the place that is named.' },
  'fields.unknown': { status: 400, message: 'There is no such field. Choose one from the list.' },
  'fields.too-many': { status: 400, message: 'A message holds a hundred fields at most.' },
  'fields.too-long': { status: 409, message: 'With its fields filled, the text is longer than a message may be.' },
  'fields.missing-values': {
    status: 409,
    message: 'Some recipients have no value for a field. Give it a default, leave it empty, or leave them out.',
  },
  'fields.nobody-left': { status: 409, message: 'Nobody has a value for every field, so nobody would get it.' },
  'fields.skip-refused': {
    status: 409,
    message: 'People can be left out of a broadcast only, and not by an edit. Choose what they get instead.',
  },
  'fields.too-many-recipients': {
    status: 409,
    message: 'Too many have got this message to fill it anew. Delete it, and send another.',
  },
  'fields.rate': { status: 429, message: 'Too many previews or messages with fields at once. Wait a moment.' },
  'message.copied': {
    status: 409,
    message: 'A copy says what somebody wrote, so it stays as it is. Delete it instead.',
  },
  'message.id-taken': { status: 409, message: 'You have sent something else under this id.' },
  'message.not-found': { status: 404, message: 'There is no such message.' },
  'message.deleted': { status: 409, message: 'This message has been deleted.' },
  'message.reaction-limit': { status: 409, message: 'A message carries twenty different reactions at most.' },
  'report.off': { status: 403, message: 'Reports are turned off in this organization. Ask an administrator.' },
  'report.nobody-below': { status: 403, message: 'Reports go to those to whom others report in the chart.' },
  'report.period': { status: 400, message: 'A report covers one to 366 days, the first before the last.' },
  'schedule.limit': { status: 409, message: 'A hundred of your messages are waiting already. Cancel some.' },
  'schedule.not-found': { status: 404, message: 'There is no such message waiting.' },
  'schedule.time': { status: 400, message: 'Choose a time from now on, within a year.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof errors

/** What a refused caller gets. `path` leads to the fault in the input: `parts.0.text`. */
export type ErrorBody = {
  code: ErrorCode
  message: string
  path?: string
  /** Milliseconds to wait before trying again. */
  retryAfterMs?: number
  requestId?: string
}
