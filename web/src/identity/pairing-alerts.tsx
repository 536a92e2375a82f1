import { useState } from 'react'
import type { Pairing } from '../../../protocol/identity.ts'
import { useKnown } from '../platform/client.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { useText } from '../platform/texts.tsx'
import { useSecondsLeft } from '../platform/use-seconds-left.ts'
import { PairingRequest } from './pairing-request.tsx'

/** Wherever one is in the app: somebody signs in as oneself on another device. */
export function PairingAlerts() {
  const pairings = useKnown((state) => state.pairings)
  const [put, setPut] = useState<readonly string[]>([])
  return pairings
    .filter(({ id }) => !put.includes(id))
    .slice(0, 1)
    .map((pairing) => (
      <PairingAlert key={pairing.id} pairing={pairing} onClose={() => setPut((before) => [...before, pairing.id])} />
    ))
}

function PairingAlert({ pairing, onClose }: { pairing: Pairing; onClose: () => void }) {
  const text = useText()
  if (useSecondsLeft(pairing.expiresAt) === 0) return null
  return (
    <Dialog title={text('pairing.title')} open onClose={onClose}>
      <PairingRequest pairing={pairing} />
    </Dialog>
  )
}
