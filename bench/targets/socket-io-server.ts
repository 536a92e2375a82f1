import { createServer } from 'node:http'
import { Pool } from 'pg'
import { Server } from 'socket.io'

/**
 * A chat as Socket.IO's guide teaches it: one INSERT for each message, then the message to the room, then the callback.
 */
const [, , port = '', url = ''] = process.argv
const pool = new Pool({ connectionString: url, max: 12 })
await pool.query(
  `create table message (id bigint generated always as identity primary key, client_offset text unique, room text,
    content text)`,
)

type Post = { id: string; room: string; text: string }
const insert = { name: 'post', text: 'insert into message (client_offset, room, content) values ($1, $2, $3)' }
const http = createServer((_request, response) => response.end('ok'))
const io = new Server(http)
io.on('connection', (socket) => {
  void socket.join(String(socket.handshake.auth['room']))
  socket.on('post', async (post: Post, callback: () => void) => {
    try {
      await pool.query({ ...insert, values: [post.id, post.room, post.text] })
    } catch (error) {
      const isKnown = error instanceof Error && 'code' in error && error.code === '23505'
      if (isKnown) callback()
      return // otherwise the client tries again
    }
    io.to(post.room).emit('message', post)
    callback()
  })
})
http.listen(Number(port), '127.0.0.1')
