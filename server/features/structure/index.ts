import type { Feature } from '../../platform/feature.ts'
import { addMember } from './add-member.ts'
import { applyImport } from './apply-import.ts'
import { changeMember } from './change-member.ts'
import { createLevels } from './create-levels.ts'
import { importProgress } from './import-progress.ts'
import { previewMove } from './preview-move.ts'
import { previewImport } from './preview-import.ts'
import { removeMember } from './remove-member.ts'

export { addPerson } from './add-member.ts'

export const feature: Feature = {
  name: 'structure',
  definitions: [
    previewImport,
    applyImport,
    importProgress,
    addMember,
    changeMember,
    previewMove,
    removeMember,
    createLevels,
  ],
}

export { applyList } from './apply-list.ts'
export { findLeader, lockConversations } from './store.ts'
export { breakCircles } from './managers.ts'
export { movePeople } from './move-people.ts'
export { previewList, type ListPreview } from './preview-list.ts'
export { openRows } from './read-in-worker.ts'
