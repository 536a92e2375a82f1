import type { Feature } from '../../platform/feature.ts'
import { applyRules } from './apply-rules.ts'
import { knowCustomers } from './awaited.ts'
import { forgetCustomers } from './forget-customers.ts'
import { addRoutes } from './hooks.ts'
import { importList } from './import-job.ts'
import { getOrderImport, importOrders, previewOrders } from './import-orders.ts'
import { changeShop, connectShop, listShopDeliveries, listShops, removeShop } from './keep-shops.ts'
import { checkOrderRule, putRule, setRuleActive } from './put-rule.ts'
import { putOrders } from './put-orders.ts'
import { getOrder, listOrders } from './read-orders.ts'
import { getOrderRule, listOrderRules, listRuleVersions } from './read-rules.ts'
import { runRule } from './run-job.ts'
import { sendCoupons } from './send-coupons.ts'
import { changeOrderSettings, countLevels, getOrderSettings, linkCustomers } from './settings.ts'
import { getRun, startRun } from './start-run.ts'
import { tellChanges } from './tell-changes.ts'

export const feature: Feature = {
  name: 'orders',
  definitions: [
    putOrders,
    listOrders,
    getOrder,
    linkCustomers,
    getOrderSettings,
    changeOrderSettings,
    countLevels,
    listOrderRules,
    getOrderRule,
    listRuleVersions,
    putRule,
    setRuleActive,
    checkOrderRule,
    startRun,
    getRun,
    previewOrders,
    importOrders,
    getOrderImport,
    connectShop,
    listShops,
    changeShop,
    removeShop,
    listShopDeliveries,
  ],
  jobs: [importList, runRule],
  reactions: [knowCustomers, tellChanges, applyRules, sendCoupons, forgetCustomers],
  addRoutes,
}
