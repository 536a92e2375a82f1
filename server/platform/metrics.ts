import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What a request ended in. Nothing here is labelled by person or organization: that would be a list of them. */
export type Outcome = 'ok' | 'refused' | 'fault'
export type Metrics = {
  requestEnded(request: { transport: 'http' | 'websocket'; command: string; outcome: Outcome; seconds: number }): void
  batchEnded(batch: { command: string; size: number; seconds: number }): void
  /** A figure that is read whenever somebody asks for the metrics. */
  watch(name: string, meaning: string, read: () => number): void
  /** The same for several of a kind, each under its label. */
  watchEach(name: string, meaning: string, of: { label: string; read(): Promise<ReadonlyMap<string, number>> }): void
  /** In the format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'shoptalk_request_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['transport', 'command', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const batchSizes = new Histogram({
    name: 'shoptalk_batch_items',
    help: 'Items that one group commit took.',
    labelNames: ['command'],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 400],
    registers,
  })
  const batchTimes = new Histogram({
    name: 'shoptalk_batch_seconds',
    help: 'Time of one group commit.',
    labelNames: ['command'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  })
  return {
    requestEnded: ({ seconds, ...labels }) => requests.observe(labels, seconds),
    batchEnded({ command, size, seconds }) {
      batchSizes.observe({ command }, size)
      batchTimes.observe({ command }, seconds)
    },
    watch(name, help, read) {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
    },
    watchEach(name, help, { label, read }) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          for (const [value, figure] of await read()) gauge.set({ [label]: value }, figure)
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
