import type { Event } from '../events/event.ts';

/** Characters. What a receiver takes without being asked. */
const largest = 128 * 1024;

/** What docs/webhooks.md promises. Members may be added; `version` grows when one changes its meaning or goes. */
export function messageBody({ id, type, at, node, cause, subjects, data }: Event): string {
  const { actor, requestId } = cause;
  const body = { version: 1, id, type, at, node, requestId, actor, subjects, data };
  const text = JSON.stringify(body);
  return text.length <= largest ? text : JSON.stringify({ ...body, data: { truncated: true } });
}

/** So that a receiver can be tried before anything happens. */
export function testBody(id: string, at: number, node: string): string {
  const actor = { kind: 'system', id: null, name: 'scepward' };
  const data = { message: 'This is a test. Whoever can read it and check its signature is ready.' };
  return JSON.stringify({ version: 1, id, type: testType, at, node, requestId: null, actor, subjects: [], data });
}

export const testType = 'webhook.test';
