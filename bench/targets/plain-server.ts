import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { encodeText, SendBuffer, WriteLoop } from '../../server/platform/send-buffer.ts'

/** The least that a server can do: what one says goes to all, nothing is stored. It shows what the machine allows. */
const [, , port = '', way = ''] = process.argv
const http = createServer((_request, response) => response.end('ok'))
const acceptor = new WebSocketServer({ server: http, perMessageDeflate: false })
const loop = new WriteLoop()
const buffers = new Map<WebSocket, SendBuffer>()

acceptor.on('connection', (webSocket, { socket }) => {
  if (socket instanceof Socket) buffers.set(webSocket, new SendBuffer(socket, loop))
  webSocket.on('close', () => buffers.delete(webSocket))
  webSocket.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return
    if (way === 'coalescing') sendTogether(data)
    else for (const other of acceptor.clients) other.send(data, { binary: false })
  })
})

/** Encoded once, and everything that waits for a socket in one write. */
function sendTogether(data: Buffer): void {
  const frame = encodeText(data.toString())
  for (const buffer of buffers.values()) buffer.push(frame)
}
http.listen(Number(port), '127.0.0.1')
