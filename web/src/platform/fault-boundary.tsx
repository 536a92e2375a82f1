import { Component } from 'react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { ErrorState } from './empty-state.tsx'
import { useText } from './texts.tsx'

type FaultBoundaryProps = { children: ReactNode }

/** Stands in for a screen that broke, or whose code could not be fetched. React has no function for this. */
export class FaultBoundary extends Component<FaultBoundaryProps, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    return this.state.isBroken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const text = useText()
  return (
    <main className="stopped">
      <ErrorState title={text('broken.title')} body={text('broken.body')}>
        <Button look="primary" onClick={() => location.reload()}>
          {text('broken.reload')}
        </Button>
      </ErrorState>
    </main>
  )
}
