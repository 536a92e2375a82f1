import { DropdownMenu } from 'radix-ui'

const emoji = '😀 😄 😂 🙂 😉 😍 🤔 😅 😢 😮 😴 😎 👍 👎 👏 🙏 🤝 💪 👀 👋 ❤️ 🎉 🔥 ✅ ❌ ⏰ 📦 🚚 ☕ 🍰 🌞 🎁'.split(
  ' ',
)

export const EmojiGrid = ({ onPick }: { onPick: (emoji: string) => void }) => (
  <div className="emoji-grid">
    {emoji.map((one) => (
      <DropdownMenu.Item key={one} className="menu-item" aria-label={one} onSelect={() => onPick(one)}>
        {one}
      </DropdownMenu.Item>
    ))}
  </div>
)
