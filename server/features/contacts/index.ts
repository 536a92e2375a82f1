import type { Feature } from '../../platform/feature.ts'
import { changeContact, tagContacts } from './change-contact.ts'
import { createContact } from './create-contact.ts'
import { exportContacts } from './export-contacts.ts'
import { getContact } from './get-contact.ts'
import { importContacts, previewContacts } from './import-contacts.ts'
import { listContacts, listKeepers } from './list-contacts.ts'
import { changeOutsiderRules, getOutsiderRules } from './outsider-rules.ts'
import { recordConsent } from './record-consent.ts'
import { removeContact } from './remove-contact.ts'

export const feature: Feature = {
  name: 'contacts',
  definitions: [
    listContacts,
    listKeepers,
    getContact,
    createContact,
    changeContact,
    tagContacts,
    removeContact,
    recordConsent,
    previewContacts,
    importContacts,
    exportContacts,
    getOutsiderRules,
    changeOutsiderRules,
  ],
}

export { rulesOf } from './outsider-rules.ts'
export { makeContacts, welcomeOutsider, type Arriving } from './put-contact.ts'
export { isExternalNow, mayBring } from './rules.ts'
export { visibleAmong } from './store.ts'
