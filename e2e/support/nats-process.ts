import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { findFreePort } from './processes.ts'
import { until } from './until.ts'

/** Debian's package puts it where ordinary users' PATH does not look. */
const PATH = `/usr/sbin:/usr/local/bin:${process.env['PATH'] ?? ''}`

/** A real nats-server, which can be stopped and started again at the same port. */
export type NatsProcess = {
  readonly url: string
  start(): Promise<void>
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startNats(): Promise<NatsProcess> {
  const port = await findFreePort()
  let child: ChildProcess | undefined
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null
  async function start() {
    if (isRunning()) return
    child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), '--user', 'shop', '--pass', 'talk'], {
      env: { PATH },
      stdio: 'ignore',
    })
    await until(() => answers(port), 'NATS answers')
  }
  async function stop() {
    if (!child || !isRunning()) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  await start()
  return { url: `nats://shop:talk@127.0.0.1:${port}`, start, stop, [Symbol.asyncDispose]: stop }
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('data', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
