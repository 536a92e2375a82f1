import { z } from 'zod'
import { setting } from '../../platform/settings.ts'

export const ldapHosts = setting({
  name: 'LDAP_HOSTS',
  meaning: 'the only hosts whose directories organizations may read, with commas between; without it all',
  schema: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter(Boolean),
    )
    .optional(),
})
