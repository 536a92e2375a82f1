import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MediaId } from '../../../protocol/ids.ts'
import { frameOf, gridOf, mediaHeight } from './media-shape.ts'
import type { MediaPart } from './part-text.ts'

const picture = (width: number, height: number): MediaPart => ({
  type: 'media',
  mediaId: MediaId.parse('0199a0b0-0000-7000-8000-000000000001'),
  kind: 'picture',
  name: 'a.jpg',
  mimeType: 'image/jpeg',
  bytes: 1,
  width,
  height,
})

test('each grid of pictures fills its rows, and is no higher than a screen shows', () => {
  for (let count = 2; count <= 10; count++) {
    const { spans, rows, ratio } = gridOf(count)
    const fractions = rows.split(' ').map(Number.parseFloat)
    assert.ok(Math.max(...fractions) >= 1, `the rows of ${count} pictures do not fill the grid`)
    assert.equal(spans.length, count)
    assert.equal(spans.reduce((sum, span) => sum + span, 0) % 12, 0, `${count} pictures leave a hole`)
    assert.ok(ratio >= 0.95, `${count} pictures are too high`)
  }
})

test('one picture is shown whole; a panorama is cut to a strip, a small one is not blown up', () => {
  assert.deepEqual(frameOf(picture(1_600, 1_000)), { ratio: 1.6, width: 420 })
  assert.deepEqual(frameOf(picture(600, 1_200)), { ratio: 0.5, width: 210 })
  assert.deepEqual(frameOf(picture(4_000, 700)), { ratio: 3, width: 420 })
  assert.deepEqual(frameOf(picture(64, 64)), { ratio: 1, width: 96 })
})

test('what is kept for pictures, videos and files while they load is as high as they are', () => {
  const file = { ...picture(1, 1), kind: 'file' as const }
  assert.equal(mediaHeight([picture(1_600, 1_000), file, file]), 420 / 1.6 + 2 * 60)
  assert.equal(mediaHeight([]), 0)
})
