import { useState } from 'react'
import { Button } from '../platform/button.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'

type AddressFormProps = {
  address: string
  working: boolean
  error?: string | undefined
  action?: string
  onSubmit: (address: string) => void
}

export function AddressForm({ address, working, error, action, onSubmit }: AddressFormProps) {
  const text = useText()
  const [value, setValue] = useState(address)
  return (
    <form
      className="welcome-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!working && value.trim() !== '') onSubmit(value.trim())
      }}
    >
      <TextField
        label={text('signIn.address')}
        help={text('signIn.addressHelp')}
        error={error}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        inputMode="email"
        autoComplete="username webauthn"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <Button look="primary" type="submit" working={working}>
        {action ?? text('signIn.sendCode')}
      </Button>
    </form>
  )
}
