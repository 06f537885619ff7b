/** The channel on which relays of a schema's outbox are woken. */
export const channelOf = (schema: string): string => `${schema}_outbox`;
