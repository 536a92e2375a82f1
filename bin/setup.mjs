// Gets a clone ready for `npm start` and `npm test`. Plain JavaScript without dependencies: it runs on Node 18 and
// newer, before anything is installed. With everything in place it does nothing, quickly.
import { installDependencies } from './setup/dependencies.mjs'
import { withSetupLock } from './setup/lock.mjs'
import { checkNode } from './setup/node-version.mjs'
import { SetupProblem, clone } from './setup/report.mjs'
import { installSystemPackages } from './setup/system-packages.mjs'
import { buildWeb } from './setup/web-build.mjs'

const purpose = process.argv[2]

try {
  if (purpose !== 'start' && purpose !== 'test') throw new SetupProblem('Usage: node bin/setup.mjs start|test')
  await withSetupLock(clone, async () => {
    await installDependencies(clone)
    checkNode(clone)
    await buildWeb(clone)
    if (purpose === 'test') await installSystemPackages()
  })
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error
  console.error(`\n${error.message}\n`)
  process.exitCode = 1
}
