import { BlockList, isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { setting, type Setting } from './settings.ts'

/** Where the server itself listens, and keeps its things. Those of features are declared there. */
export const port = setting({
  name: 'PORT',
  meaning: 'the TCP port to listen on; 0 takes any free one',
  schema: z
    .string()
    .default('8080')
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) < 65_536, { error: 'Must be a number from 0 to 65535.' })
    .transform(Number),
})
export const host = setting({
  name: 'HOST',
  meaning: 'the address to listen on; where PUBLIC_URL is set 0.0.0.0 (everybody), else 127.0.0.1 (this machine alone)',
  schema: z.string().max(255).default('127.0.0.1'),
})
export const publicUrl = setting({
  name: 'PUBLIC_URL',
  meaning: 'where people reach this server, as in https://talk.example.com; links in mails begin with it',
  schema: z
    .string()
    .default('http://localhost:8080')
    .refine(isWebOrigin, { error: 'Must be an address like https://talk.example.com, without a path.' })
    .transform((text) => new URL(text).origin),
})
export const dataFolder = setting({
  name: 'SHOPTALK_DATA',
  meaning: 'the folder of the database and of the keys',
  schema: z
    .string()
    .default('data')
    .transform((text) => resolve(text)),
})
export const databaseUrl = setting({
  name: 'DATABASE_URL',
  meaning: 'a PostgreSQL of your own, version 15 or newer; without it the server brings its own',
  schema: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'Must begin with postgres://' })
    .optional(),
})
export const logLevel = setting({
  name: 'LOG_LEVEL',
  meaning: 'how much is logged: error, warn, info, debug or trace',
  schema: z.enum(['error', 'warn', 'info', 'debug', 'trace']).default('info'),
})
export const trustProxy = setting({
  name: 'TRUST_PROXY',
  meaning: 'addresses or networks of your reverse proxies, with commas between; only they may say who the client is',
  schema: z
    .string()
    .default('')
    .refine((text) => networks(text).every(isNetwork), { error: 'Must be addresses or networks like 10.0.0.0/8.' })
    .transform((text) => blockListOf(networks(text))),
})
export const secret = setting({
  name: 'SHOPTALK_SECRET',
  meaning: '32 bytes as base64 that seal what the database keeps secret; without it they lie in the data folder',
  schema: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === SECRET_BYTES, { error: 'Must be 32 bytes as base64.' })
    .transform((text) => Buffer.from(text, 'base64'))
    .optional(),
})
export const SECRET_BYTES = 32

export const serverSettings: readonly Setting<unknown>[] = [
  port,
  host,
  publicUrl,
  dataFolder,
  databaseUrl,
  logLevel,
  trustProxy,
  secret,
]

function isWebOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return isBare && (url.protocol === 'http:' || url.protocol === 'https:')
}

const networks = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  const bitsMax = family === 4 ? 32 : 128
  return (
    family !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax))
  )
}

function blockListOf(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', bits] = text.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
