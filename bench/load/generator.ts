import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Answer, Methods, SpeechName } from './messages.ts'

/** The process that makes the load, as the bench sees it. */
export type Generator = Methods & { readonly pid: number; [Symbol.asyncDispose](): Promise<void> }

export function startGenerator(speech: SpeechName, port: number): Generator {
  const child = fork(new URL('worker.ts', import.meta.url), [speech, String(port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve(output: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  child.on('message', (message) => {
    const { id, output, fault } = message as Answer // the worker says nothing else
    const caller = waiting.get(id)
    waiting.delete(id)
    if (fault === undefined) caller?.resolve(output)
    else caller?.reject(new Error(fault))
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the load generator ended with ${code}`))
  })
  const call =
    <K extends keyof Methods>(method: K) =>
    (input: unknown) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        child.send({ id, method, input })
      }) as ReturnType<Methods[K]> // what the worker answers to this method
  return {
    open: call('open'),
    load: call('load'),
    drop: call('drop'),
    storm: call('storm'),
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      waiting.clear()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
