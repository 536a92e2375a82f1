import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientFrame, FrameScanner } from './frames.ts'

function serverFrame(text: string): Buffer {
  const body = Buffer.from(text)
  const header =
    body.length <= 125
      ? Buffer.from([0x81, body.length])
      : body.length <= 65_535
        ? Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
        : Buffer.from([0x81, 127, 0, 0, 0, 0, 0, body.length >> 16, (body.length >> 8) & 255, body.length & 255])
  return Buffer.concat([header, body])
}

test('frames of every length are found, wherever the reads cut them', () => {
  const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(65_535), 'e'.repeat(70_000), 'f']
  const stream = Buffer.concat(texts.map(serverFrame))
  for (const step of [1, 2, 3, 7, 64, 127, 1_000, 65_536, stream.length]) {
    const found: string[] = []
    const scanner = new FrameScanner((opcode, bytes, start, end) => {
      assert.equal(opcode, 1)
      found.push(bytes.toString('utf8', start, end))
    })
    const shared = Buffer.alloc(step)
    for (let at = 0; at < stream.length; at += step) {
      const read = stream.copy(shared, 0, at, Math.min(at + step, stream.length))
      scanner.read(shared, 0, read)
    }
    assert.deepEqual(found, texts, `cut into reads of ${step} bytes`)
  }
})

test('a frame of a client is marked as masked, with a mask that changes nothing', () => {
  for (const length of [0, 125, 126, 65_535, 65_536]) {
    const frame = clientFrame(1, 'x'.repeat(length))
    assert.equal((frame[1] ?? 0) & 0x80, 0x80)
    assert.equal(frame.subarray(frame.length - length).toString(), 'x'.repeat(length))
    const header = length <= 125 ? 2 : length <= 65_535 ? 4 : 10
    assert.equal(frame.length, header + 4 + length)
    assert.deepEqual(frame.subarray(header, header + 4), Buffer.alloc(4))
  }
})
