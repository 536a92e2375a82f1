import type { Link, MakeSpeech, Speech } from './link.ts'
import { blankId } from './message-id.ts'
import { TEXT, type Talker } from './talker.ts'

const MESSAGE = Buffer.from('<message ')
const MESSAGE_END = Buffer.from('</message>')
const BODY = Buffer.from('<body>')
const ID = Buffer.from(" id='")
const OPEN_STREAM =
  "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"

/** An XMPP client by hand: signs in without a name, enters its room if it has one, and then counts stanzas. */
export const xmppSpeech: MakeSpeech = (link, talker): Speech => {
  let isGreeted = false
  let heard = ''
  const steps = stepsOf(link, () => {
    isGreeted = true
    link.greeted()
  })
  const scanner = new StanzaScanner(talker)
  return {
    begin: () => link.say(Buffer.from(OPEN_STREAM)),
    read(bytes, length) {
      if (isGreeted) return scanner.read(bytes, length)
      heard += bytes.toString('utf8', 0, length)
      const [step] = steps
      if (!step?.until.test(heard)) return
      steps.shift()
      step.next(heard)
      heard = ''
    },
    post: ({ place }) => {
      const type = link.client.room === 'none' ? 'chat' : 'groupchat'
      return Buffer.from(`<message to='${place}' type='${type}' id='${blankId}'><body>${TEXT}</body></message>`)
    },
  }
}

type Step = { until: RegExp; next(heard: string): void }

function stepsOf(link: Link, greeted: () => void): Step[] {
  const say = (text: string) => link.say(Buffer.from(text))
  const { place, room, token } = link.client
  const features = /<\/stream:features>/
  const signIn: Step[] = [
    { until: features, next: () => say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>") },
    { until: /<success/, next: () => say(OPEN_STREAM) },
    { until: features, next: () => say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>") },
  ]
  const bound = (heard: string) => {
    link.address = /<jid>([^<]+)</.exec(heard)?.[1] ?? ''
    say("<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>")
    if (room === 'none') return say('<presence/>')
    say(
      `<presence to='${place}/${token}'><x xmlns='http://jabber.org/protocol/muc'>` +
        "<history maxstanzas='0'/></x></presence>",
    )
  }
  const entered: Step[] = [
    { until: room === 'none' ? /<presence/ : /code=['"]110['"]/, next: room === 'made' ? make : greeted },
  ]
  const made: Step[] = room === 'made' ? [{ until: /id=['"]make['"]/, next: greeted }] : []
  return [...signIn, { until: /<jid>/, next: bound }, ...entered, ...made]

  function make() {
    say(
      `<iq type='set' id='make' to='${place}'><query xmlns='http://jabber.org/protocol/muc#owner'>` +
        "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
    )
  }
}

/** Finds whole message stanzas with a body in what arrives. */
class StanzaScanner {
  readonly #talker: Talker
  #kept = Buffer.alloc(0)

  constructor(talker: Talker) {
    this.#talker = talker
  }

  read(bytes: Buffer, length: number): void {
    const fresh = bytes.subarray(0, length)
    const all = this.#kept.length === 0 ? fresh : Buffer.concat([this.#kept, fresh])
    let at = 0
    for (let end = all.indexOf(MESSAGE_END, at); end >= 0; end = all.indexOf(MESSAGE_END, at)) {
      this.#count(all, at, end)
      at = end + MESSAGE_END.length
    }
    this.#kept = at === all.length ? Buffer.alloc(0) : Buffer.from(all.subarray(at))
  }

  #count(bytes: Buffer, from: number, end: number): void {
    const start = bytes.indexOf(MESSAGE, from)
    const body = start < 0 || start > end ? -1 : bytes.indexOf(BODY, start)
    if (body < 0 || body > end) return
    const idAt = bytes.indexOf(ID, start) + ID.length
    if (!this.#talker.deliver(bytes, idAt)) return
    this.#talker.meter.parsed++
    const text = bytes.toString('utf8', body + BODY.length, end)
    if (!text.startsWith(`${TEXT}</body>`))
      this.#talker.meter.fault(`a message says something else: ${text.slice(0, 100)}`)
  }
}
