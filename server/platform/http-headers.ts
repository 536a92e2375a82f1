import type { FastifyInstance } from 'fastify'

/**
 * The pages load only what this server serves, and no script stands in the HTML. Styles may stand inline: the
 * interface's primitives measure and place things while they run. WebAssembly reads codes where the browser cannot.
 */
export const contentPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const YEAR_S = 31_536_000

export function addSecurityHeaders(server: FastifyInstance, publicUrl: string): void {
  const headers = {
    'content-security-policy': contentPolicy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
    ...(publicUrl.startsWith('https:') ? { 'strict-transport-security': `max-age=${YEAR_S}` } : {}),
  }
  server.addHook('onRequest', async (_request, reply) => void reply.headers(headers))
}
