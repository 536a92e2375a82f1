/** Keeps the app above the soft keyboard where the browser does not resize the page for it (iOS). */
export function followViewport(): void {
  const viewport = window.visualViewport
  if (!viewport) return
  const measure = () => {
    // Pinch zoom shrinks the visual viewport too; then the page must keep its size.
    if (viewport.scale > 1.01) return
    document.documentElement.style.setProperty('--viewport-height', `${Math.round(viewport.height)}px`)
  }
  viewport.addEventListener('resize', measure)
  measure()
}
