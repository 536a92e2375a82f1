import { Dialog } from './dialog.tsx'
import { Keys } from './keys.tsx'
import { shortcuts } from './shortcuts.ts'
import type { ShortcutName } from './shortcuts.ts'
import { useText } from './texts.tsx'
import type { TextKey } from './texts.tsx'

const sections: { title: TextKey; names: ShortcutName[] }[] = [
  { title: 'shortcuts.everywhere', names: ['palette', 'nextRegion', 'previousRegion', 'sheet', 'close'] },
  {
    title: 'shortcuts.conversations',
    names: [
      'newConversation',
      'nextConversation',
      'previousConversation',
      'nextUnread',
      'previousUnread',
      'togglePane',
    ],
  },
  { title: 'shortcuts.messages', names: ['send', 'newLine', 'editLast', 'jumpToUnread', 'reply', 'react', 'edit'] },
  { title: 'shortcuts.chart', names: ['moveInChart'] },
]

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const text = useText()
  return (
    <Dialog title={text('shortcuts.title')} open onClose={onClose}>
      {sections.map((section) => (
        <section key={section.title} className="shortcuts">
          <h3 className="menu-label">{text(section.title)}</h3>
          <dl>
            {section.names.map((name) => (
              <div key={name} className="row">
                <dt className="grow">{text(`shortcut.${name}`)}</dt>
                <dd>
                  <Keys shortcut={shortcuts[name]} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
