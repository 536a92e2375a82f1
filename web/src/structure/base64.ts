/** The bytes of a file as the contract carries them. The browser encodes them as part of a data URL. */
export function toBase64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => {
      const url = typeof reader.result === 'string' ? reader.result : ''
      resolve(url.slice(url.indexOf(',') + 1))
    })
    reader.addEventListener('error', () => reject(new Error('The file cannot be read', { cause: reader.error })))
    reader.readAsDataURL(file)
  })
}
