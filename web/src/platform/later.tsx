import { createElement, lazy } from 'react'
import type { ComponentType } from 'react'
import { loadLaterTexts } from './catalogues.ts'

type Bring<Props extends object> = () => Promise<ComponentType<Props>>

/** A part that comes when it is wanted, and the later texts with it. */
export const later = <Props extends object>(bring: Bring<Props>) =>
  lazy(async () => ({ default: await withTexts(bring) }))

/** Like `later`, for what a screen can do without: where it cannot be fetched, the screen stays. */
export const laterIfThere = <Props extends object>(bring: Bring<Props>) =>
  lazy(async () => ({ default: await withTexts(bring).catch((): ComponentType<Props> => () => null) }))

/**
 * Like `later`, but once it has come it is drawn at once: who opens the palette types on, and no key may be lost while
 * React waits for what is there. `preload` brings it before it is wanted.
 */
export function laterAtHand<Props extends object>(bring: Bring<Props>) {
  let there: ComponentType<Props> | undefined
  const preload = async () => (there = await withTexts(bring))
  const Late = lazy(async () => ({ default: await preload() }))
  const AtHand: ComponentType<Props> = (props) => createElement<Props>(there ?? Late, props)
  return { AtHand, preload }
}

async function withTexts<Props extends object>(bring: Bring<Props>): Promise<ComponentType<Props>> {
  const [component] = await Promise.all([bring(), loadLaterTexts()])
  return component
}
