import { enterpriseSchema, groupSchema, userSchema } from './resource.ts'

type Attribute = {
  name: string
  type: 'string' | 'boolean' | 'complex' | 'reference'
  multiValued: boolean
  description: string
  required: boolean
  caseExact: boolean
  mutability: 'readWrite' | 'readOnly' | 'immutable'
  returned: 'default' | 'always'
  uniqueness: 'none' | 'server'
  subAttributes?: Attribute[]
}

const text = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
})
const complex = (name: string, description: string, subAttributes: Attribute[], more: Partial<Attribute> = {}) =>
  text(name, description, { type: 'complex', subAttributes, ...more })
const texts = (names: readonly string[]) => names.map((name) => text(name, name))
const valued = [
  text('value', 'The value'),
  text('type', 'As in work or home'),
  text('primary', 'The one to use', { type: 'boolean' }),
  text('display', 'How it is shown'),
]
const many = { multiValued: true }

const user: Attribute[] = [
  text('externalId', 'The id of the identity provider', { caseExact: true }),
  text('userName', 'Unique in the organization', { required: true, uniqueness: 'server' }),
  complex('name', 'The parts of the name', [
    ...texts(['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix']),
  ]),
  text('displayName', 'The name others see; without it, the formatted name or its parts'),
  ...texts(['nickName', 'profileUrl', 'userType', 'preferredLanguage', 'locale', 'timezone']),
  text('title', 'The job title'),
  text('active', 'Whoever is not active has left: sessions end, groups are handed over', { type: 'boolean' }),
  complex('emails', 'The primary one, else the one for work, receives the codes to sign in with', valued, many),
  complex('phoneNumbers', 'The primary one is shown in the directory', valued, many),
  complex(
    'addresses',
    'City and country are shown in the directory',
    [
      ...texts(['type', 'formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country']),
      text('primary', 'The one to use', { type: 'boolean' }),
    ],
    many,
  ),
]

const enterprise: Attribute[] = [
  text('employeeNumber', 'Unique in the organization'),
  ...texts(['costCenter', 'organization', 'division']),
  text('department', 'Shown in the directory'),
  complex('manager', 'Whom the person reports to', [
    text('value', 'The id of a user, who may arrive later; also a userName, an externalId, an address or a number'),
  ]),
]

const group: Attribute[] = [
  text('externalId', 'The id of the identity provider', { caseExact: true }),
  text('displayName', 'Unique in the organization; the name of the chat group', {
    required: true,
    uniqueness: 'server',
  }),
  complex(
    'members',
    'The users in it',
    [
      text('value', 'The id of a user', { mutability: 'immutable' }),
      text('$ref', 'The user', { type: 'reference', mutability: 'immutable' }),
      text('type', 'Always User', { mutability: 'immutable' }),
      text('display', 'The name of the user', { mutability: 'readOnly' }),
    ],
    many,
  ),
]

export const schemas = (base: string) => {
  const schema = (id: string, name: string, description: string, attributes: readonly Attribute[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  })
  return [
    schema(userSchema, 'User', 'A member of the organization', user),
    schema(groupSchema, 'Group', 'A group whose members follow the directory', group),
    schema(enterpriseSchema, 'Enterprise User', 'Place in the organization chart', enterprise),
  ]
}
