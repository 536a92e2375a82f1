import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** Moves on until what has this name has the focus, and sees that one can see it. */
export async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  for (let press = 0; press < 40; press++) {
    const at = await focus(page)
    if (at.name.includes(name)) {
      assert.ok(at.isVisible, `the focus on ${name} cannot be seen`)
      return
    }
    await page.keyboard.press(key)
  }
  assert.fail(`${name} cannot be reached by ${key}`)
}

const focus = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement
    if (!(at instanceof HTMLElement)) return { name: '', isVisible: false }
    const labels = at instanceof HTMLInputElement ? Array.from(at.labels ?? [], (label) => label.innerText) : []
    const { outlineStyle, boxShadow } = getComputedStyle(at)
    const name = [at.getAttribute('aria-label'), ...labels, at === document.body ? '' : at.innerText].join(' ')
    return { name, isVisible: outlineStyle !== 'none' || boxShadow !== 'none' }
  })
