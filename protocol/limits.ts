/** Every limit on input, in one place, with its unit. Refusals name the limit. */
export const limits = {
  /** Bytes of one HTTP body or WebSocket frame, unless a command declares another. */
  bodyBytes: 1_000_000,
  frameBytes: 65_536,
  /** UTF-16 code units. */
  messageText: 10_000,
  messageParts: 20,
  conversationName: 80,
  personName: 120,
  title: 120,
  place: 80,
  phone: 40,
  address: 254,
  emoji: 32,
  /** Different reactions on one message. */
  reactionsPerMessage: 20,
  /** People named in one command. */
  peoplePerCommand: 1_000,
  /** People named in one selection of a broadcast; beyond that a group is the better way. */
  selectionPeople: 20_000,
  /** Different selections of one broadcast. Each is an audience that all its listeners keep. */
  selectionsPerBroadcast: 200,
  /** Messages copied into a new group. */
  copiesPerGroup: 50,
  /** Messages of one person that wait for their time. */
  schedulesPerPerson: 100,
  /** Lines of a report that are shown, and that go into a file; UTF-16 code units of what employees are told. */
  reportRows: 1_000,
  reportExportRows: 20_000,
  reportWords: 4_000,
  /** Groups inside groups. */
  nestingDepth: 8,
  /** Above this many members, read marks, typing and presence are not shown. */
  membersWithMarks: 256,
  /** People of one group of a directory service. */
  directoryGroupMembers: 20_000,
  /** Secrets with which directory services write, of one organization. */
  scimTokens: 10,
  /** What somebody calls a passkey of theirs. */
  passkeyName: 80,
  /** Domains whose addresses join an organization by signing in. */
  signInDomains: 20,
  /** Rows of one page, at most. */
  page: 200,
  /** Entries of the audit log that are read at once to be checked or exported. */
  auditPage: 1_000,
  /** Bytes of an employee list (about 100,000 people). */
  importBytes: 10_000_000,
  importRows: 100_000,
  importFaultsShown: 200,
  tag: 40,
  tagsPerContact: 20,
  addressesPerContact: 5,
  contactNotes: 4_000,
  /** Fields and tags (`{{ … }}` and `{% … %}`) in one message. */
  fieldsPerMessage: 100,
  /** Recipients whose texts are filled while the sender waits; those of more are filled in portions. */
  fillAtOnce: 500,
  /** Recipients after an edit of a message with fields. */
  fillOnEdit: 2_000,
  /** UTF-16 code units of one value. */
  fieldValue: 500,
  /** Recipients of one page of a preview. */
  previewPeople: 50,
  codePlace: 80,
  /** Codes of one group or person that hang somewhere. */
  codesPerSubject: 200,
  /** Campaigns of one organization that have not ended. */
  campaigns: 500,
  campaignName: 80,
  campaignText: 1_000,
  campaignTerms: 4_000,
  campaignPictureBytes: 300_000,
  campaignWindows: 20,
  campaignPlaces: 100,
  /** Members who send or redeem coupons of one campaign. */
  campaignStaff: 200,
  /** Coupons of one campaign. */
  campaignStock: 10_000_000,
  couponsPerCommand: 200,
  /** Coupons of one person that can be used yet. */
  couponsPerBooklet: 500,
  couponReason: 200,
  /** A till holds a coupon so long at most. */
  couponLockSeconds: 3_600,
  /** Orders of one command, and what one holds. */
  ordersPerCommand: 200,
  orderItems: 100,
  orderAttributes: 30,
  customerLevels: 10,
  /** Of a customer's earlier orders: of more nobody needs to know how many. */
  earlierOrders: 1_000,
  /** States and versions of one order that are kept. */
  orderHistory: 200,
  rulesPerOrganization: 300,
  ruleConditions: 20,
  ruleValues: 100,
  /** UTF-16 code units of CEL, and nodes of what it is parsed into. */
  ruleExpression: 2_000,
  ruleNodes: 300,
  giftsPerRule: 5,
  couponsPerGift: 10,
  shopsPerOrganization: 20,
  shopStates: 30,
  /** Bytes of one call of a shop. */
  shopBodyBytes: 2_000_000,
  /** Bytes of a picture, a video, and any other file. */
  mediaPictureBytes: 20_000_000,
  mediaVideoBytes: 200_000_000,
  mediaFileBytes: 50_000_000,
  /** Of all frames of a picture together. */
  mediaPicturePixels: 50_000_000,
  /** Pixels of the longer side of what is shown first of a picture. */
  mediaPreviewSide: 960,
  mediaName: 200,
  /** UTF-16 code units of what is said of a picture to those who do not see it. */
  mediaDescription: 500,
  mediaPerMessage: 10,
  /** Uploads of one person that have begun and not ended. */
  mediaUnfinished: 20,
  /** Bytes that one person may begin to upload in 24 hours. */
  mediaBytesPerDay: 2_000_000_000,
} as const
