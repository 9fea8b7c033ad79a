/** Whether the server answers, and whether it knows us: what the shell shows above every page. */
import { createStore } from './store.ts';

export type Connection = 'online' | 'offline';

export const connection = createStore<Connection>('online');

/** `expired`: it was there, and the server does not know it any more. */
export type SessionState = 'unknown' | 'none' | 'open' | 'expired';

export const sessionState = createStore<SessionState>('unknown');

export function noteAnswer(): void {
  connection.set('online');
}

export function noteSilence(): void {
  connection.set('offline');
}

export function noteUnknownCaller(): void {
  if (sessionState.get() === 'open') sessionState.set('expired');
}
