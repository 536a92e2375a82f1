import type { ReactNode } from 'react'
import { isEmojiOnly, pieces } from './links.ts'

/** The text of a message in the direction of its own script. */
export const MessageBody = ({ text, children }: { text: string; children?: ReactNode }) => (
  <p className={isEmojiOnly(text) ? 'text emoji' : 'text'} dir="auto">
    {pieces(text).map((piece) =>
      piece.kind === 'link' ? (
        <a key={piece.at} href={piece.text} target="_blank" rel="noopener noreferrer nofollow">
          {piece.text}
        </a>
      ) : (
        piece.text
      ),
    )}
    {children}
  </p>
)
