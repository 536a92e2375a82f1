// Runs before the first paint, so that a chosen theme never flashes; without a choice the system decides.
try {
  const theme = localStorage.getItem('shoptalk.theme')
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme
    for (const colour of document.querySelectorAll('meta[name=theme-color]'))
      colour.media = colour.dataset.of === theme ? 'all' : 'not all'
  }
} catch {
  // Storage may be blocked; the system's theme is right then.
}
