/** Where the SCIM server answers. */
export const PREFIX = '/scim/v2'
