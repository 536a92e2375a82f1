/** The packages that the tests need and this machine lacks. */
export function missingSystemPackages(): string[]
/** The one command that installs them. */
export function installCommand(missing: string[]): string
