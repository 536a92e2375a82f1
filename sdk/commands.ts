import type { z } from 'zod'
import type * as audit from '../protocol/audit.ts'
import type * as codes from '../protocol/codes.ts'
import type * as contacts from '../protocol/contacts.ts'
import type * as coupons from '../protocol/coupons.ts'
import type * as conversations from '../protocol/conversations.ts'
import type * as delivery from '../protocol/delivery.ts'
import type * as dispatch from '../protocol/dispatch.ts'
import type * as fields from '../protocol/fields.ts'
import type * as filledMessages from '../protocol/filled-messages.ts'
import type * as groups from '../protocol/groups.ts'
import type * as identity from '../protocol/identity.ts'
import type * as ldap from '../protocol/ldap.ts'
import type * as media from '../protocol/media.ts'
import type * as orderImports from '../protocol/order-imports.ts'
import type * as orderRules from '../protocol/order-rules.ts'
import type * as orders from '../protocol/orders.ts'
import type * as organization from '../protocol/organization.ts'
import type * as redemptions from '../protocol/redemptions.ts'
import type * as reports from '../protocol/reports.ts'
import type * as scim from '../protocol/scim.ts'
import type * as shops from '../protocol/shops.ts'
import type * as signIn from '../protocol/sign-in.ts'
import type * as structure from '../protocol/structure.ts'
import type * as wallets from '../protocol/wallets.ts'

/**
 * What a command takes and what it answers. Ids may be given as plain strings; fields with a default may be left out.
 */
type Command<I extends z.ZodType, O extends z.ZodType> = { input: z.input<I>; output: z.output<O> }
type Nothing = typeof conversations.Nothing

/** Every command and query of the server by its name. The names are the same over HTTP and WebSocket. */
export type CommandTypes = {
  'session.request-code': Command<typeof identity.RequestCode, typeof identity.RequestedCode>
  'session.start': Command<typeof identity.StartSession, typeof identity.StartedSession>
  'session.end': Command<Nothing, Nothing>
  'session.get': Command<Nothing, typeof organization.Session>
  'media.get': Command<typeof media.GetMedia, typeof media.Media>
  'device.list': Command<Nothing, typeof identity.DeviceList>
  'device.revoke': Command<typeof identity.RevokeDevice, Nothing>
  'device.revoke-others': Command<Nothing, Nothing>
  'pairing.list': Command<Nothing, typeof identity.PairingList>
  'pairing.find': Command<typeof identity.ByPairingLink, typeof identity.Pairing>
  'pairing.show-code': Command<typeof identity.OfPairing, typeof identity.ShownPairingCode>
  'pairing.confirm': Command<typeof identity.ByPairingLink, Nothing>
  'pairing.refuse': Command<typeof identity.OfPairing, Nothing>
  'pairing.check': Command<typeof identity.OfWaitingPairing, typeof identity.CheckedPairing>
  'pairing.complete': Command<typeof identity.CompletePairing, typeof identity.SignedIn>
  'pairing.cancel': Command<typeof identity.OfWaitingPairing, Nothing>
  'sign-in.options': Command<Nothing, typeof signIn.SignInOptions>
  'sign-in.begin': Command<typeof signIn.BeginSignIn, typeof signIn.BegunSignIn>
  'sign-in.return': Command<typeof signIn.ReturnSignIn, typeof signIn.ReturnedSignIn>
  'session.begin-with-passkey': Command<Nothing, typeof signIn.UsePasskeyChallenge>
  'session.start-with-passkey': Command<typeof signIn.StartWithPasskey, typeof identity.StartedSession>
  'session.start-with-provider': Command<typeof signIn.StartWithProvider, typeof identity.StartedSession>
  'passkey.list': Command<Nothing, typeof signIn.PasskeyList>
  'passkey.begin': Command<Nothing, typeof signIn.MakePasskeyChallenge>
  'passkey.add': Command<typeof signIn.AddPasskey, typeof signIn.Passkey>
  'passkey.rename': Command<typeof signIn.RenamePasskey, Nothing>
  'passkey.remove': Command<typeof signIn.RemovePasskey, Nothing>
  'sign-in-source.get': Command<typeof organization.InOrganization, typeof signIn.SignInSettings>
  'sign-in-source.set': Command<typeof signIn.SetSignInSource, typeof signIn.SignInSettings>
  'sign-in-source.remove': Command<typeof organization.InOrganization, Nothing>
  'invitation.get': Command<typeof organization.GetInvitation, typeof organization.Invitation>
  'invitation.redeem': Command<typeof identity.RedeemInvitation, typeof identity.StartedSession>
  'invitation.accept': Command<typeof organization.InOrganization, Nothing>
  'invitation.decline': Command<typeof organization.InOrganization, Nothing>
  'setup.check': Command<typeof organization.CheckSetup, typeof organization.CheckedSetup>
  'organization.create': Command<typeof organization.CreateOrganization, typeof organization.CreatedOrganization>
  'organization.change': Command<typeof organization.ChangeOrganization, typeof organization.Organization>
  'organization.get': Command<typeof organization.InOrganization, typeof organization.Organization>
  'organization.list': Command<Nothing, typeof organization.OrganizationList>
  'member.list': Command<typeof organization.ListMembers, typeof organization.MemberList>
  'member.get': Command<typeof organization.GetMembers, typeof organization.Members>
  'member.set-role': Command<typeof organization.SetRole, typeof organization.Member>
  'member.set-agent': Command<typeof organization.SetAgent, typeof organization.Member>
  'member.release-devices': Command<typeof organization.ReleaseDevices, Nothing>
  'member.invite': Command<typeof organization.InviteMembers, typeof organization.InvitedMembers>
  'member.add': Command<typeof structure.AddMember, typeof structure.AddedMember>
  'member.change': Command<typeof structure.ChangeMember, Nothing>
  'member.remove': Command<typeof structure.RemoveMember, Nothing>
  'chart.get': Command<typeof organization.GetChart, typeof organization.Chart>
  'audit.list': Command<typeof audit.ListAudit, typeof audit.AuditList>
  'audit.read': Command<typeof audit.ReadAudit, typeof audit.AuditPage>
  'audit.export': Command<typeof audit.ReadAudit, typeof audit.AuditPage>
  'dispatch.list': Command<typeof dispatch.ListDispatches, typeof dispatch.DispatchList>
  'member.preview-move': Command<typeof structure.PreviewMove, typeof structure.MovePreview>
  'scim.get': Command<typeof scim.GetScim, typeof scim.ScimState>
  'scim-token.create': Command<typeof scim.CreateScimToken, typeof scim.CreatedScimToken>
  'scim-token.revoke': Command<typeof scim.RevokeScimToken, Nothing>
  'ldap.get': Command<typeof ldap.GetLdap, typeof ldap.LdapState>
  'ldap.set': Command<typeof ldap.SetLdap, Nothing>
  'ldap.remove': Command<typeof ldap.RemoveLdap, Nothing>
  'ldap.start-run': Command<typeof ldap.StartLdapRun, Nothing>
  'ldap.get-run': Command<typeof ldap.GetLdapRun, typeof ldap.LdapRun>
  'ldap.apply-run': Command<typeof ldap.ApplyLdapRun, typeof structure.AppliedImport>
  'import.preview': Command<typeof structure.PreviewImport, typeof structure.ImportPreview>
  'import.apply': Command<typeof structure.ApplyImport, typeof structure.AppliedImport>
  'import.progress': Command<typeof structure.AskImportProgress, typeof structure.ImportProgress>
  'levels.create': Command<typeof structure.CreateLevels, typeof structure.CreatedLevels>
  'message.post': Command<typeof conversations.PostMessage, typeof conversations.Message>
  'message.post-with-fields': Command<typeof filledMessages.PostWithFields, typeof filledMessages.PostedWithFields>
  'message.preview': Command<typeof filledMessages.PreviewMessage, typeof filledMessages.MessagePreview>
  'message.filled': Command<typeof filledMessages.ReadFilled, typeof filledMessages.FilledPage>
  'field.list': Command<typeof fields.ListFields, typeof fields.FieldList>
  'message.edit': Command<typeof conversations.EditMessage, typeof conversations.Message>
  'message.delete': Command<typeof conversations.DeleteMessage, typeof conversations.Message>
  'message.react': Command<typeof conversations.ReactToMessage, typeof conversations.Message>
  'message.history': Command<typeof conversations.History, typeof conversations.HistoryPage>
  'message.recipients': Command<typeof conversations.Recipients, typeof conversations.RecipientPage>
  'direct.post': Command<typeof conversations.PostDirect, typeof conversations.PostedDirect>
  'audience.mark': Command<typeof conversations.MarkAudience, typeof conversations.Marked>
  'typing.start': Command<typeof conversations.Typing, Nothing>
  'conversation.get': Command<typeof conversations.GetConversation, typeof conversations.ConversationView>
  'conversation.list': Command<typeof conversations.ListConversations, typeof conversations.ConversationPage>
  'conversation.members': Command<typeof conversations.ConversationMembers, typeof conversations.MemberPage>
  'conversation.create': Command<typeof conversations.CreateConversation, typeof conversations.ConversationView>
  'conversation.rename': Command<typeof conversations.RenameConversation, typeof conversations.ConversationView>
  'conversation.add-members': Command<typeof conversations.AddMembers, typeof conversations.ConversationView>
  'conversation.remove-members': Command<typeof conversations.RemoveMembers, typeof conversations.ConversationView>
  'conversation.set-owners': Command<typeof conversations.SetOwners, Nothing>
  'conversation.close-off': Command<typeof conversations.CloseOff, typeof conversations.ConversationView>
  'person.names': Command<typeof conversations.GetNames, typeof conversations.Names>
  'chart.chain': Command<typeof organization.GetChain, typeof organization.Chain>
  'contact.list': Command<typeof contacts.ListContacts, typeof contacts.ContactList>
  'contact.keepers': Command<typeof contacts.InContacts, typeof contacts.KeeperList>
  'contact.get': Command<typeof contacts.GetContact, typeof contacts.ContactCard>
  'contact.create': Command<typeof contacts.CreateContact, typeof contacts.ContactCard>
  'contact.change': Command<typeof contacts.ChangeContact, typeof contacts.ContactCard>
  'contact.tag': Command<typeof contacts.TagContacts, Nothing>
  'contact.remove': Command<typeof contacts.RemoveContact, Nothing>
  'contact.preview-import': Command<typeof contacts.PreviewContacts, typeof contacts.ContactPreview>
  'contact.import': Command<typeof contacts.ImportContacts, typeof contacts.ImportedContacts>
  'contact.export': Command<typeof contacts.InContacts, typeof contacts.ExportedContacts>
  'consent.record': Command<typeof contacts.RecordConsent, Nothing>
  'outsider-rules.get': Command<typeof contacts.InContacts, typeof contacts.OutsiderRules>
  'outsider-rules.change': Command<typeof contacts.ChangeOutsiderRules, typeof contacts.OutsiderRules>
  'code.create': Command<typeof codes.CreateCode, typeof codes.Code>
  'code.list': Command<typeof codes.ListCodes, typeof codes.CodeList>
  'code.rotate': Command<typeof codes.OneCode, typeof codes.Code>
  'code.revoke': Command<typeof codes.OneCode, Nothing>
  'code.statistics': Command<typeof codes.GetCodeStatistics, typeof codes.CodeStatistics>
  'code.scan': Command<typeof codes.ScanCode, typeof codes.ScannedCode>
  'code.use': Command<typeof codes.UseCode, typeof codes.UsedCode>
  'code.request': Command<typeof codes.RequestToJoin, typeof identity.RequestedCode>
  'code.join': Command<typeof codes.JoinWithAddress, typeof codes.JoinedByCode>
  'order.put': Command<typeof orders.PutOrders, typeof orders.PutResults>
  'order.list': Command<typeof orders.ListOrders, typeof orders.OrderList>
  'order.get': Command<typeof orders.GetOrder, typeof orderRules.OrderDetails>
  'order.link-customers': Command<typeof orders.LinkCustomers, typeof orders.LinkedCustomers>
  'order.preview-import': Command<typeof orderImports.PreviewOrders, typeof orderImports.OrderPreview>
  'order.import': Command<typeof orderImports.ImportOrders, typeof orderImports.OrderImport>
  'order.get-import': Command<typeof orderImports.GetOrderImport, typeof orderImports.OrderImport>
  'order-settings.get': Command<typeof orders.InOrders, typeof orders.OrderSettings>
  'order-settings.change': Command<typeof orders.ChangeOrderSettings, typeof orders.OrderSettings>
  'order-settings.count-levels': Command<typeof orders.CountLevels, typeof orders.LevelCounts>
  'order-rule.list': Command<typeof orders.InOrders, typeof orderRules.RuleList>
  'order-rule.get': Command<typeof orderRules.OneRule, typeof orderRules.OrderRule>
  'order-rule.list-versions': Command<typeof orderRules.ListRuleVersions, typeof orderRules.RuleVersionList>
  'order-rule.put': Command<typeof orderRules.PutRule, typeof orderRules.OrderRule>
  'order-rule.set-active': Command<typeof orderRules.SetRuleActive, typeof orderRules.OrderRule>
  'order-rule.check': Command<typeof orderRules.CheckRule, typeof orderRules.CheckedRule>
  'order-run.start': Command<typeof orderRules.StartRun, typeof orderRules.OrderRun>
  'order-run.get': Command<typeof orderRules.GetRun, typeof orderRules.OrderRun>
  'shop.connect': Command<typeof shops.ConnectShop, typeof shops.ConnectedShop>
  'shop.list': Command<typeof orders.InOrders, typeof shops.ShopList>
  'shop.change': Command<typeof shops.ChangeShop, typeof shops.Shop>
  'shop.remove': Command<typeof shops.RemoveShop, Nothing>
  'shop.deliveries': Command<typeof shops.ListDeliveries, typeof shops.DeliveryList>
  'code.join-anonymously': Command<typeof codes.JoinAnonymously, typeof codes.JoinedByCode>
  'campaign.create': Command<typeof coupons.CreateCampaign, typeof coupons.Campaign>
  'campaign.change': Command<typeof coupons.ChangeCampaign, typeof coupons.Campaign>
  'campaign.set-state': Command<typeof coupons.SetCampaignState, typeof coupons.Campaign>
  'campaign.set-picture': Command<typeof coupons.SetCampaignPicture, typeof coupons.Campaign>
  'campaign.get': Command<typeof coupons.OneCampaign, typeof coupons.SeenCampaign>
  'campaign.list': Command<typeof coupons.ListCampaigns, typeof coupons.CampaignList>
  'campaign.statistics': Command<typeof coupons.GetCampaignStatistics, typeof coupons.CampaignStatistics>
  'coupon.claim': Command<typeof coupons.ClaimCoupon, typeof coupons.Coupon>
  'coupon.offer': Command<typeof coupons.GetOffer, typeof coupons.SeenOffer>
  'booklet.read': Command<typeof coupons.ReadBooklet, typeof coupons.Booklet>
  'coupon.get': Command<typeof coupons.OneCoupon, typeof coupons.HeldCoupon>
  'coupon.save': Command<typeof coupons.OneCoupon, typeof coupons.HeldCoupon>
  'coupon.transfer': Command<typeof coupons.TransferCoupon, Nothing>
  'coupon.issue': Command<typeof coupons.IssueCoupons, typeof coupons.IssuedCoupons>
  'coupon.void': Command<typeof coupons.VoidCoupon, Nothing>
  'coupon.list': Command<typeof coupons.ListCoupons, typeof coupons.CouponList>
  'coupon.check': Command<typeof redemptions.CheckCoupon, typeof redemptions.CheckedCoupon>
  'coupon.lock': Command<typeof redemptions.LockCoupon, typeof redemptions.TillCoupon>
  'coupon.unlock': Command<typeof redemptions.UnlockCoupon, typeof redemptions.TillCoupon>
  'coupon.redeem': Command<typeof redemptions.RedeemCoupon, typeof redemptions.RedeemedCoupon>
  'redemption.roll-back': Command<typeof redemptions.RollBackRedemption, typeof redemptions.Redemption>
  'redemption.list': Command<typeof redemptions.ListRedemptions, typeof redemptions.RedemptionList>
  'wallet.options': Command<typeof wallets.GetWallets, typeof wallets.Wallets>
  'wallet.add': Command<typeof wallets.AddToWallet, typeof wallets.WalletLink>
  'conversation.leave': Command<typeof conversations.LeaveConversation, Nothing>
  'conversation.nest': Command<typeof conversations.NestConversation, typeof conversations.ConversationView>
  'conversation.unnest': Command<typeof conversations.NestConversation, typeof conversations.ConversationView>
  'conversation.split': Command<typeof groups.SplitConversation, typeof conversations.ConversationView>
  'audience.narrow': Command<typeof groups.NarrowAudience, typeof groups.NarrowedAudience>
  'audience.keep': Command<typeof groups.KeepAudience, typeof conversations.ConversationView>
  'message.reach': Command<typeof groups.Reach, typeof groups.MessageReach>
  'message.missed': Command<typeof groups.Missed, typeof groups.MissedPage>
  'schedule.create': Command<typeof groups.CreateSchedule, typeof groups.ScheduledMessage>
  'schedule.list': Command<typeof groups.ListSchedules, typeof groups.ScheduleList>
  'schedule.cancel': Command<typeof groups.CancelSchedule, typeof groups.ScheduledMessage>
  'report.read': Command<typeof reports.ReadReport, typeof reports.Report>
  'report.read-messages': Command<typeof reports.ReadReportMessages, typeof reports.ReportMessages>
  'report.export': Command<typeof reports.ExportReport, typeof reports.ExportedReport>
  'report.find-customers': Command<typeof reports.FindReportCustomers, typeof reports.ReportCustomers>
  'report.get-policy': Command<typeof reports.GetReportPolicy, typeof reports.OwnReportPolicy>
  'report.set-policy': Command<typeof reports.SetReportPolicy, typeof reports.ReportPolicy>
  'report.subscribe': Command<typeof reports.SubscribeReport, typeof reports.SubscribedReport>
  'sync.open': Command<typeof delivery.OpenSync, typeof delivery.OpenedSync>
  'sync.difference': Command<typeof delivery.Difference, typeof delivery.DifferencePage>
  'sync.person-difference': Command<typeof delivery.PersonDifference, typeof delivery.PersonDifferencePage>
}

export type CommandName = keyof CommandTypes
export type InputOf<N extends CommandName> = CommandTypes[N]['input']
export type OutputOf<N extends CommandName> = CommandTypes[N]['output']

/** Asks the server something. Throws a `RequestError`. */
export type Ask = <N extends CommandName>(name: N, input: InputOf<N>) => Promise<OutputOf<N>>

/** Queries are asked with GET over HTTP. All else is sent with POST. */
const queries: ReadonlySet<string> = new Set<CommandName>([
  'session.get',
  'media.get',
  'device.list',
  'pairing.list',
  'passkey.list',
  'sign-in.options',
  'sign-in-source.get',
  'organization.get',
  'organization.list',
  'member.list',
  'member.get',
  'chart.get',
  'member.preview-move',
  'scim.get',
  'ldap.get',
  'ldap.get-run',
  'audit.list',
  'audit.read',
  'chart.chain',
  'contact.list',
  'contact.keepers',
  'contact.get',
  'outsider-rules.get',
  'code.list',
  'code.statistics',
  'person.names',
  'campaign.get',
  'campaign.list',
  'campaign.statistics',
  'coupon.offer',
  'coupon.get',
  'coupon.list',
  'booklet.read',
  'redemption.list',
  'wallet.options',
  'dispatch.list',
  'import.progress',
  'message.history',
  'message.recipients',
  'message.reach',
  'message.missed',
  'message.filled',
  'field.list',
  'schedule.list',
  'report.find-customers',
  'report.get-policy',
  'conversation.get',
  'conversation.list',
  'conversation.members',
  'sync.difference',
  'sync.person-difference',
])
export const isQuery = (name: CommandName): boolean => queries.has(name)

/** These set or take a cookie, need no session, or take a large body: they always go over HTTP. */
const overHttp: ReadonlySet<string> = new Set<CommandName>([
  'session.request-code',
  'session.start',
  'session.end',
  'pairing.check',
  'pairing.complete',
  'pairing.cancel',
  'sign-in.options',
  'sign-in.begin',
  'sign-in.return',
  'session.begin-with-passkey',
  'session.start-with-passkey',
  'session.start-with-provider',
  'invitation.get',
  'invitation.redeem',
  'setup.check',
  'organization.create',
  'import.preview',
  'import.apply',
  'ldap.apply-run',
  'contact.preview-import',
  'contact.import',
  'contact.export',
  'campaign.set-picture',
  'code.scan',
  'code.request',
  'code.join',
  'code.join-anonymously',
])
export const isOverHttp = (name: CommandName): boolean => overHttp.has(name)

/** Those after which there is a session where there was none; it has a device. */
const beginning: ReadonlySet<string> = new Set<CommandName>([
  'session.start',
  'pairing.complete',
  'session.start-with-passkey',
  'session.start-with-provider',
  'invitation.redeem',
  'organization.create',
  'code.join',
  'code.join-anonymously',
])
export const beginsSession = (name: CommandName, answer: unknown): boolean =>
  beginning.has(name) && 'deviceId' in Object(answer)

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S
/** `typing` and `sync` are the client's own business. */
type Sugared = Exclude<CommandName, `typing.${string}` | `sync.${string}`>
type NounOf<N extends string> = N extends `${infer Noun}.${string}` ? Noun : never
type VerbsOf<Noun extends string> = {
  [N in Extract<Sugared, `${Noun}.${string}`> as N extends `${string}.${infer Verb}` ? CamelCase<Verb> : never]: (
    input: InputOf<N>,
  ) => Promise<OutputOf<N>>
}
/** Every command as a function: `client.message.edit({...})`, `client.session.requestCode({...})`. */
export type CommandFunctions = { [Noun in NounOf<Sugared>]: VerbsOf<Noun> }
