/** The digits of what was typed or pasted, in any script's digits and with any signs between them. */
export function codeDigits(typed: string): string {
  return typed.normalize('NFKC').replaceAll(/\D/g, '').slice(0, 8)
}

/** As the mail shows it: 1234 5678. */
export function groupedCode(typed: string): string {
  const digits = codeDigits(typed)
  return digits.length > 4 ? `${digits.slice(0, 4)} ${digits.slice(4)}` : digits
}
