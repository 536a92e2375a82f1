#!/usr/bin/env node
// The command line. Runs on any Node and hands over to the one that the server needs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
const program = fileURLToPath(new URL('../server/cli.ts', import.meta.url))
const majorMin = 24

if (!existsSync(own) && Number.parseInt(process.versions.node, 10) < majorMin) {
  console.error(
    `Shoptalk needs Node.js ${majorMin} or newer. "node bin/setup.mjs start" in its folder brings it; then try again.`,
  )
  process.exit(1)
}

const child = spawn(existsSync(own) ? own : process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
// The terminal sends Ctrl-C to both; a signal to this process alone is passed on. The command decides how to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.once('error', (error) => {
  console.error(`Shoptalk could not be started: ${error.message}`)
  process.exitCode = 1
})
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 130)
})
