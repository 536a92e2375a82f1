import type { Feature } from '../../platform/feature.ts'
import { joinAnonymously, joinWithAddress, requestToJoin } from './join-by-code.ts'
import { createCode, getCodeStatistics, listCodes, revokeCode, rotateCode } from './keep-codes.ts'
import { addPictures } from './pictures.ts'
import { scanCode, useCode } from './scan-code.ts'

export const feature: Feature = {
  name: 'codes',
  definitions: [
    createCode,
    listCodes,
    rotateCode,
    revokeCode,
    getCodeStatistics,
    scanCode,
    useCode,
    requestToJoin,
    joinWithAddress,
    joinAnonymously,
  ],
  addRoutes: addPictures,
}

export type { Arrived, CodeKind, Described, Subject } from './code-kind.ts'
export { registerCodeKind } from './kinds.ts'
