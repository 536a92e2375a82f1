import { v7 as uuidv7 } from 'uuid'

type Scene = { organizationId: string; contactId: string; campaignId: string }
type Case = { input(scene: Scene): object; closedTo: typeof all }

/** Whoever is no administrator. */
const all = ['robert', 'outsider', 'invited', 'removed', 'nobody'] as const
const inside = ({ organizationId }: Scene) => ({ organizationId })
const order = { source: 'web', externalId: '1', status: 'paid', total: 100, currency: 'EUR' }
const form = { join: 'all', conditions: [] }
const rule = ({ campaignId }: Scene) => ({ name: 'Mine', status: 'paid', form, gifts: [{ campaignId }] })
const ordersFile = (scene: Scene) => ({
  ...inside(scene),
  fileName: 'orders.csv',
  content: Buffer.from('Order,Total\n1,2.00\n').toString('base64'),
})
const shop = (scene: Scene) => ({ ...inside(scene), shopId: uuidv7() })

/** What strangers get of orders, their rules and shops. */
export const orderCases: Record<string, Case> = {
  'order.put': { input: (scene) => ({ ...inside(scene), orders: [order] }), closedTo: all },
  'order.list': { input: inside, closedTo: all },
  'order.get': { input: (scene) => ({ ...inside(scene), orderId: uuidv7() }), closedTo: all },
  'order.link-customers': {
    input: (scene) => ({ ...inside(scene), source: 'web', links: [{ externalId: '1', personId: scene.contactId }] }),
    closedTo: all,
  },
  'order.preview-import': { input: ordersFile, closedTo: all },
  'order.import': { input: (scene) => ({ ...ordersFile(scene), importId: uuidv7(), digest: 'x' }), closedTo: all },
  'order.get-import': { input: (scene) => ({ ...inside(scene), importId: uuidv7() }), closedTo: all },
  'order-settings.get': { input: inside, closedTo: all },
  'order-settings.change': { input: (scene) => ({ ...inside(scene), makesContacts: false }), closedTo: all },
  'order-settings.count-levels': { input: (scene) => ({ ...inside(scene), levels: [] }), closedTo: all },
  'order-rule.list': { input: inside, closedTo: all },
  'order-rule.get': { input: (scene) => ({ ...inside(scene), ruleId: uuidv7() }), closedTo: all },
  'order-rule.list-versions': { input: (scene) => ({ ...inside(scene), ruleId: uuidv7() }), closedTo: all },
  'order-rule.put': {
    input: (scene) => ({ ...inside(scene), ruleId: uuidv7(), version: 0, rule: rule(scene) }),
    closedTo: all,
  },
  'order-rule.set-active': {
    input: (scene) => ({ ...inside(scene), ruleId: uuidv7(), isActive: false }),
    closedTo: all,
  },
  'order-rule.check': { input: (scene) => ({ ...inside(scene), form }), closedTo: all },
  'order-run.start': {
    input: (scene) => ({ ...inside(scene), runId: uuidv7(), mode: 'dry', rule: rule(scene) }),
    closedTo: all,
  },
  'order-run.get': { input: (scene) => ({ ...inside(scene), runId: uuidv7() }), closedTo: all },
  'shop.connect': { input: (scene) => ({ ...shop(scene), kind: 'woocommerce', name: 'Mine' }), closedTo: all },
  'shop.list': { input: inside, closedTo: all },
  'shop.change': { input: (scene) => ({ ...shop(scene), name: 'Mine' }), closedTo: all },
  'shop.remove': { input: shop, closedTo: all },
  'shop.deliveries': { input: shop, closedTo: all },
}
