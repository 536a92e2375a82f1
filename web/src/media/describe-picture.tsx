import { useState } from 'react'
import { limits } from '../../../protocol/limits.ts'
import type { Attachment } from '../conversations/attached.ts'
import { Button } from '../platform/button.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { TextArea } from '../platform/text-area.tsx'
import { useText } from '../platform/texts.tsx'
import { LocalPicture } from './local-picture.tsx'
import { describe } from './uploads.ts'

type DescribeProps = { place: string; item: Attachment; onClose: () => void }

/** What is read to those who do not see the picture. */
export function DescribePicture({ place, item, onClose }: DescribeProps) {
  const text = useText()
  const [words, setWords] = useState(item.description)
  const save = () => {
    describe(place, item.id, words.trim())
    onClose()
  }
  const footer = (
    <Button look="primary" onClick={save}>
      {text('media.describeSave')}
    </Button>
  )
  return (
    <Dialog title={text('media.describeTitle')} open onClose={onClose} footer={footer}>
      <div className="describe">
        <LocalPicture file={item.file} alt={item.file.name} />
        <TextArea
          label={text('media.description')}
          value={words}
          maxLength={limits.mediaDescription}
          onChange={setWords}
        />
        <p className="help">{text('media.descriptionHelp')}</p>
      </div>
    </Dialog>
  )
}
