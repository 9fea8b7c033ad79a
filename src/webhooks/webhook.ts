/**
 * A subscription: whoever answers at its address is told of events, signed, at least once each. What it is not: a way to
 * ask Scepward anything, or to have a say in what it does; answers are read for their status alone.
 */
import { type EventType, eventTypes } from '../events/event.ts';
import { Failure } from '../lib/failure.ts';
import type { Branded } from '../lib/ids.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { WebhookTrouble } from './webhook-transport.ts';

export type WebhookId = Branded<'WebhookId'>;

export type Webhook = {
  readonly id: WebhookId;
  /** Unique without regard to case. */
  readonly name: string;
  /** May hold what its receiver takes for a secret: never in logs, events, messages. */
  readonly url: string;
  /** Event types, `<noun>.*`, or `*`. */
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
  /** It is told of what happened from here on, ms. */
  readonly since: number;
  /** The first is the one that is shown; the others sign beside it until their end. */
  readonly secrets: readonly SealedSecret[];
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type SealedSecret = {
  readonly id: string;
  /** Base64. */
  readonly sealed: string;
  readonly until: number | null;
};

/** How its receiver fares. */
export type WebhookCondition = {
  /** In a row. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Nothing is sent before. */
  readonly pausedUntil: number | null;
  readonly lastSuccessAt: number | null;
};

export const unknownCondition: WebhookCondition = {
  failures: 0,
  failingSince: null,
  pausedUntil: null,
  lastSuccessAt: null,
};

export function wantsEvent({ eventTypes: wanted }: Pick<Webhook, 'eventTypes'>, type: EventType): boolean {
  return wanted.some((each) => each === '*' || each === type || each === `${type.slice(0, type.indexOf('.'))}.*`);
}

/** Failure `webhook-events-missing`, `webhook-event-unknown`. */
export function parseEventTypes(given: readonly string[]): readonly string[] {
  if (given.length === 0)
    throw new Failure('invalid', 'webhook-events-missing', 'Name the event types to be told of, or * for all.');
  const nouns = eventTypes.map((type) => `${type.slice(0, type.indexOf('.'))}.*`);
  const known: readonly string[] = ['*', ...nouns, ...eventTypes];
  for (const each of given)
    if (!known.includes(each)) {
      const hint = didYouMean(each, known, `There are ${[...new Set(nouns)].join(', ')} and * for whole groups.`);
      throw new Failure('invalid', 'webhook-event-unknown', `There is no event type “${each}”. ${hint}`, {
        eventType: each,
      });
    }
  return [...new Set(given)].sort();
}

const longestUrl = 2000;

/** Where the name leads is judged when it is saved (`refuseAddress`), and again whenever something is sent. Failure `webhook-url`. */
export function parseWebhookUrl(text: string): string {
  const wrong = (what: string) =>
    new Failure('invalid', 'webhook-url', `${what} Give an address such as https://hooks.example.org/scepward.`);
  if (text.length > longestUrl) throw wrong(`The address has more than ${longestUrl} characters.`);
  if (!URL.canParse(text)) throw wrong('The address is no URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong('The address must be an https one.');
  if (url.username !== '' || url.password !== '')
    throw wrong('The address holds a user name or password, which is not sent.');
  if (url.hash !== '') throw wrong('The address has a part after #, which is not sent.');
  return url.href;
}

/** What nothing would ever be sent to is told to whoever saves it. Failure `webhook-address-refused`. */
export function refuseAddress(url: string, trouble: WebhookTrouble): Failure {
  const { origin } = new URL(url);
  const message =
    trouble === 'https-required'
      ? `Messages go to ${origin} by https alone: plain http is for private networks, where they are allowed.`
      : `${origin} is this machine, in a private network, or an address that no receiver has. Give another, or set SCEPWARD_WEBHOOK_PRIVATE=allow on the server to send to private networks.`;
  return new Failure('invalid', 'webhook-address-refused', message, { origin, problem: trouble });
}

/** What may be shown to anybody. */
export function originOf({ url }: Pick<Webhook, 'url'>): string {
  return new URL(url).origin;
}
