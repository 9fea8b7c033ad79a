/**
 * An administrator who has signed in, in one browser. The secret is in a cookie and stored as SHA-256; it changes while the
 * session goes on, so that a stolen one is found out: whoever uses a secret that was replaced a minute ago ends the session.
 */
import { hmacSha256 } from '../crypto/hmac.ts';
import { toBase64Url, utf8 } from '../lib/bytes.ts';
import { minute } from '../lib/clock.ts';
import type { Branded } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { AdministratorId } from './administrator.ts';

export type SessionId = Branded<'SessionId'>;

export const signInMethods = ['password', 'passkey', 'identity-provider', 'code'] as const;
export type SignInMethod = (typeof signInMethods)[number];

export type Session = {
  readonly id: SessionId;
  readonly administratorId: AdministratorId;
  readonly method: SignInMethod;
  readonly secretHash: string;
  /** When this secret came into use. */
  readonly secretSince: number;
  /** Handed out, and not seen yet: the answer that carried it may be lost. */
  readonly nextHash: string | null;
  /** What came before, which requests that were under way still carry. */
  readonly previousHash: string | null;
  readonly createdAt: number;
  /** To the minute. */
  readonly lastSeenAt: number;
  /** ms without a request after which it ends. */
  readonly idle: number;
  /** It ends then, whatever happens. */
  readonly endsAt: number;
  /** Where it began, for its owner to recognise it. */
  readonly address: string;
  readonly userAgent: string;
  /** The identity provider that vouched for the person, and the groups it named. */
  readonly providerId: string | null;
  readonly groups: readonly string[];
};

export type SessionStore = {
  /** By its secret, the next or the previous one. */
  findByHash(hash: string): Promise<Session | null>;
  /** Newest first, those that have ended by themselves too. */
  of(id: AdministratorId): Promise<readonly Session[]>;
  insert(session: Session): Promise<void>;
  /** Replaces what changes (secrets, last seen); false when its secret is not `secretHash` any more. */
  update(session: Session, secretHash: string): Promise<boolean>;
  remove(ids: readonly SessionId[]): Promise<void>;
  /** Those that an identity provider vouched for. */
  removeOfProvider(providerId: string): Promise<void>;
  /** Those that have ended by themselves. Answers how many. */
  removeEnded(now: number): Promise<number>;
};

/** How long a secret is in use. */
export const secretLifetime = 15 * minute;
/** How long requests that were under way may carry the one before. */
export const secretGrace = minute;
/** How exactly `lastSeenAt` is kept. */
const seenEvery = minute;

export function newSessionSecret(): string {
  return toBase64Url(randomBytes(32));
}

/**
 * What comes after a secret: always the same, for who has the installation's secret. So it may be handed out until it is seen,
 * to requests that overlap, and whichever answer arrives last is right.
 */
export function nextSessionSecret(installation: Uint8Array, secret: string): string {
  return toBase64Url(hmacSha256(installation, utf8(`scepward next session secret 1\n${secret}`)));
}

export function hasEnded({ lastSeenAt, idle, endsAt }: Session, now: number): boolean {
  return now >= endsAt || now >= lastSeenAt + idle + seenEvery;
}

export type SecretVerdict =
  /** `session`: as it is to be stored now; the same when nothing changes. `renew`: a new secret is due. */
  | { readonly kind: 'good'; readonly session: Session; readonly renew: boolean }
  | { readonly kind: 'ended' }
  /** Two parties have it. */
  | { readonly kind: 'stolen' };

/** What becomes of a session when a request carries the secret with this hash. */
export function judgeSecret(session: Session, hash: string, now: number): SecretVerdict {
  if (hasEnded(session, now)) return { kind: 'ended' };
  const seen = now - session.lastSeenAt >= seenEvery ? { ...session, lastSeenAt: now } : session;
  if (hash === session.nextHash) {
    const promoted = { secretHash: hash, secretSince: now, nextHash: null, previousHash: session.secretHash };
    return { kind: 'good', session: { ...seen, ...promoted, lastSeenAt: now }, renew: false };
  }
  if (hash === session.secretHash)
    return { kind: 'good', session: seen, renew: now - session.secretSince >= secretLifetime };
  return now - session.secretSince < secretGrace ? { kind: 'good', session: seen, renew: false } : { kind: 'stolen' };
}

/** Setting: in ms. */
export type SessionLifetime = { readonly idle: number; readonly absolute: number };

export const defaultSessionLifetime: SessionLifetime = { idle: 60 * minute, absolute: 12 * 60 * minute };
export const sessionLifetimeBounds = {
  idle: { least: 5 * minute, most: 24 * 60 * minute },
  absolute: { least: 15 * minute, most: 30 * 24 * 60 * minute },
} as const;

export type SessionLifetimeStore = {
  get(): Promise<SessionLifetime>;
  put(lifetime: SessionLifetime): Promise<void>;
};

/** Of a header that anybody may fill: short, and nothing that is not text. */
export function userAgentText(header: string | undefined): string {
  return (header ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 200);
}
