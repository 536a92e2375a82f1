/** What is needed of the browser's registration of a worker. */
export type Registration = {
  addEventListener(name: 'updatefound', listener: () => void): void
  readonly installing: Worker | null
  readonly waiting: Worker | null
  readonly active: Worker | null
}
type Worker = Pick<ServiceWorker, 'state'> & {
  postMessage(question: { entry: string }, ports: MessagePort[]): void
  addEventListener(name: 'statechange', listener: () => void): void
}

/**
 * Watches for newer versions of the app. A page of that very version, or one that has nothing older to go on from, is
 * told nothing; the others are told once.
 */
export function watchVersions(registration: Registration, entry: string, onNewer: () => void): void {
  let isTold = false
  const greet = async (worker: Worker) => {
    const isSame = await holds(worker, entry)
    if (isSame || isTold) return
    isTold = true
    onNewer()
  }
  const follow = (worker: Worker | null) => {
    if (!worker || !registration.active) return
    worker.addEventListener('statechange', () => worker.state === 'installed' && void greet(worker))
  }
  if (registration.waiting) void greet(registration.waiting)
  follow(registration.installing)
  registration.addEventListener('updatefound', () => follow(registration.installing))
}

/** Whether a worker keeps this page's version. The one that does takes over as soon as it may. */
function holds(worker: Worker, entry: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }) => {
      resolve(data === true)
      port1.close()
    })
    port1.start()
    worker.postMessage({ entry }, [port2])
  })
}
