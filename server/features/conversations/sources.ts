import type { Database } from '../../platform/sql.ts'
import type { Sources } from '../delivery/index.ts'
import { readPersonalEvent } from './filled-messages.ts'
import { readPersonEvents } from './read-difference.ts'
import * as store from './sync-store.ts'

/** What delivery asks of the conversations. */
export function sourcesOf(database: Database): Sources {
  return {
    subscriptionsOf: (personIds) => database.read((tx) => store.subscriptionRows(tx, personIds)),
    membersAmong: (audienceId, personIds) =>
      database.snapshot(async (tx) => ({
        version: await store.versionOf(tx, audienceId),
        personIds: await store.hearersAmong(tx, audienceId, personIds),
      })),
    personEventsAfter: (personId, after) =>
      database.snapshot(async (tx) => ({
        events: await readPersonEvents(tx, personId, after),
        lastNumber: (await store.readPlace(tx, personId)).number,
      })),
    personalEventOf: (event, personIds) => database.snapshot((tx) => readPersonalEvent(tx, event, personIds)),
    headsOf: (audienceIds) => database.read((tx) => store.headsOf(tx, audienceIds)),
    branchesOf: (firstIds) => database.read((tx) => store.branchesOf(tx, firstIds)),
    personHeadsOf: (personIds) => database.read((tx) => store.personHeadsOf(tx, personIds)),
    revokedSince: (since) => database.read((tx) => store.revokedSince(tx, since)),
    revokedAmong: (deviceIds) => database.read((tx) => store.revokedAmong(tx, deviceIds)),
  }
}
