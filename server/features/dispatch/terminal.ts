import type { PlainContent } from './content.ts'
import { spaced } from './mail.ts'

/** Says codes and notices on the terminal itself: past the logger, whose lines may be kept and passed on. */
export function showInTerminal(dispatches: readonly { address: string; content: PlainContent }[]): void {
  process.stdout.write(dispatches.map(({ address, content }) => `${lineFor(address, content)}\n`).join(''))
}

function lineFor(address: string, content: PlainContent): string {
  if (content.purpose === 'devices-lost')
    return `Notice to ${address}: the devices are reported lost to ${content.organizationName}.`
  const code = spaced(content.code)
  if (content.purpose === 'invitation')
    return `Invitation of ${address} to ${content.organizationName}: ${content.link} with the code ${code}`
  return `Code for ${address}: ${code}`
}
