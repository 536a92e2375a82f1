import { matches } from '../platform/shortcuts.ts'
import type { Key } from '../platform/shortcuts.ts'

type Situation = { enterSends: boolean; isEmpty: boolean; hasTask: boolean }

/** Some browsers report the Enter that ends a composition as this code, with `isComposing` already false. */
const composingKeyCode = 229

/** What a key does in the composer. Enter never sends while an input method is composing, nor on touch keyboards. */
export function composerKey(
  event: Key & { keyCode: number },
  situation: Situation,
): 'send' | 'cancel' | 'editLast' | undefined {
  if (event.isComposing || event.keyCode === composingKeyCode) return undefined
  if (matches(event, 'enter') && situation.enterSends) return 'send'
  if (matches(event, 'mod+enter')) return 'send'
  if (matches(event, 'escape') && situation.hasTask) return 'cancel'
  if (matches(event, 'arrowup') && situation.isEmpty && !situation.hasTask) return 'editLast'
  return undefined
}
