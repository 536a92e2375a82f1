/** Conversations stand behind `/c/` too, under their UUID. */
export const isCodeToken = (place: string): boolean => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(place)
