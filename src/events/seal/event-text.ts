/** An event as it lies in the store, texts unparsed: what marks and seals are made of. */
export type StoredEvent = {
  readonly id: string;
  readonly at: number;
  readonly node: string;
  readonly type: string;
  /** JSON. */
  readonly actor: string;
  readonly requestId: string | null;
  /** JSON. */
  readonly subjects: string;
  /** JSON. */
  readonly data: string;
};

/**
 * The one text of an event: two events with the same text are the same. Nothing before `node` can hold a line break (JSON
 * escapes it, headers have none), and what follows is `node`.
 */
export function eventText(event: StoredEvent): string {
  const { id, at, type, requestId, actor, subjects, data, node } = event;
  return `${id}\n${at}\n${type}\n${requestId ?? '\u0000'}\n${actor}\n${subjects}\n${data}\n${node}`;
}
