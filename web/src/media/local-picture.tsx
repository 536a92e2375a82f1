import { useCallback } from 'react'

type LocalPictureProps = { file: File; alt: string; onError?: () => void }

/** A picture of this device, held as long as it is shown. */
export function LocalPicture({ file, alt, onError }: LocalPictureProps) {
  const show = useCallback(
    (image: HTMLImageElement) => {
      const address = URL.createObjectURL(file)
      image.src = address
      return () => URL.revokeObjectURL(address)
    },
    [file],
  )
  return <img ref={show} alt={alt} onError={onError} />
}
