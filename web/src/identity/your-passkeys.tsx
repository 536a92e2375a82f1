import { KeyRound, Pencil } from 'lucide-react'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { limits } from '../../../protocol/limits.ts'
import type { OutputOf } from '../../../sdk/index.ts'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient } from '../platform/client.tsx'
import { IconButton } from '../platform/icon-button.tsx'
import { Notice } from '../platform/notice.tsx'
import { useNow } from '../platform/now.ts'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useToast } from '../platform/toasts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { hasPasskeys, makePasskey } from './passkey.ts'
import { useDevice } from './use-device.ts'
import { usePasskeyError } from './use-passkey-error.ts'

type Passkey = OutputOf<'passkey.list'>['passkeys'][number]

/** The passkeys with which one signs in without a code. */
export function YourPasskeys() {
  const text = useText()
  const options = useAnswer('sign-in.options', {})
  const { data, refetch } = useAnswer('passkey.list', {})
  if (!data || !options.data) return null
  const changed = () => void refetch()
  return (
    <section className="passkeys" aria-label={text('passkeys.title')}>
      <h3>{text('passkeys.title')}</h3>
      <p className="muted t13">{text('passkeys.lead')}</p>
      <ul>
        {data.passkeys.map((passkey) => (
          <PasskeyLine key={passkey.id} passkey={passkey} onChanged={changed} />
        ))}
      </ul>
      {!options.data.hasPasskeys && <p className="dim t13">{text('error.passkey.unavailable')}</p>}
      {options.data.hasPasskeys && !hasPasskeys() && <p className="dim t13">{text('passkeys.noBrowser')}</p>}
      {options.data.hasPasskeys && hasPasskeys() && <AddPasskey onAdded={changed} />}
    </section>
  )
}

function AddPasskey({ onAdded }: { onAdded: () => void }) {
  const text = useText()
  const toast = useToast()
  const client = useClient()
  const { name } = useDevice()
  const explain = usePasskeyError()
  const [working, setWorking] = useState(false)
  const [error, setError] = useState<string>()
  const add = async () => {
    setWorking(true)
    setError(undefined)
    try {
      const challenge = await client.do('passkey.begin', {})
      const response = await makePasskey(challenge)
      await client.do('passkey.add', { challengeId: challenge.challengeId, response, name })
      toast({ message: text('passkeys.added') })
      onAdded()
    } catch (fault) {
      setError(explain(fault))
    } finally {
      setWorking(false)
    }
  }
  return (
    <>
      {error && <Notice meaning="bad">{error}</Notice>}
      <Button icon={KeyRound} working={working} onClick={() => void add()}>
        {text('passkeys.add')}
      </Button>
    </>
  )
}

type PasskeyLineProps = { passkey: Passkey; onChanged: () => void }

function PasskeyLine({ passkey, onChanged }: PasskeyLineProps) {
  const text = useText()
  const dates = useDates()
  const now = useNow()
  const toast = useToast()
  const client = useClient()
  const { act, working } = useAct()
  const [isRenaming, setRenaming] = useState(false)
  const { id: passkeyId, name, createdAt, usedAt } = passkey
  const short = (instant: string) => dates.short(new Date(instant), now)
  const remove = () =>
    void act(async () => {
      await client.do('passkey.remove', { passkeyId })
      toast({ message: text('passkeys.removed', { name }) })
      onChanged()
    })
  const renamed = () => {
    setRenaming(false)
    onChanged()
  }
  if (isRenaming) return <RenamePasskey passkey={passkey} onDone={renamed} onCancel={() => setRenaming(false)} />
  return (
    <li className="device">
      <KeyRound className="i" />
      <span className="col grow">
        <span className="strong" dir="auto">
          {name}
        </span>
        <span className="muted t13">
          {text('passkeys.made', { time: short(createdAt) })} ·{' '}
          {usedAt === null ? text('passkeys.unused') : text('passkeys.used', { time: short(usedAt) })}
        </span>
      </span>
      <IconButton icon={Pencil} label={text('passkeys.rename', { name })} onClick={() => setRenaming(true)} />
      <Button size="small" working={working} onClick={remove}>
        {text('passkeys.remove')}
        <span className="sr"> {name}</span>
      </Button>
    </li>
  )
}

type RenamePasskeyProps = { passkey: Passkey; onDone: () => void; onCancel: () => void }

function RenamePasskey({ passkey, onDone, onCancel }: RenamePasskeyProps) {
  const text = useText()
  const client = useClient()
  const { act, working } = useAct()
  const [name, setName] = useState(passkey.name)
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || working) return
    void act(async () => {
      await client.do('passkey.rename', { passkeyId: passkey.id, name: name.trim() })
      onDone()
    })
  }
  return (
    <li>
      <form className="row end wrap passkey-name" onSubmit={save}>
        <span className="grow">
          <TextField
            label={text('form.name')}
            value={name}
            maxLength={limits.passkeyName}
            // Its button has just been pressed to fill it in.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            onChange={(event) => setName(event.target.value)}
          />
        </span>
        <Button look="primary" type="submit" working={working} disabled={name.trim() === ''}>
          {text('action.save')}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {text('action.cancel')}
        </Button>
      </form>
    </li>
  )
}
