/**
 * How passwords are kept: Argon2id (RFC 9106), the parameters beside the hash in the usual text form
 * `$argon2id$v=19$m=47104,t=1,p=1$<salt>$<hash>`, so that they can grow without anybody choosing a new password. One is
 * computed at a time, off the main thread: sign-ins never take more than one core and 46 MiB.
 */
import { argon2 } from 'node:crypto';
import { fromBase64, toBase64, utf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import { sameSecret } from './same-secret.ts';

export type Argon2Cost = {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
};

/** OWASP's first choice of those it holds to be equal (Password Storage Cheat Sheet). */
export const passwordCost: Argon2Cost = { memory: 46 * 1024, passes: 1, parallelism: 1 };

const saltLength = 16;
const hashLength = 32;
/** Waiting computations; beyond them whoever comes is sent away for the moment. */
const maxWaiting = 20;

/** Failure `unavailable` `sign-in-busy` when too many wait. */
export async function hashPassword(password: string, cost: Argon2Cost = passwordCost): Promise<string> {
  const salt = randomBytes(saltLength);
  const hash = await derive(password, salt, cost);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** `outdated`: it fits, and should be hashed anew. Failure `sign-in-busy` as in `hashPassword`. */
export async function verifyPassword(password: string, stored: string): Promise<'fits' | 'outdated' | 'differs'> {
  const { cost, salt, hash } = parseHash(stored);
  if (!sameSecret(await derive(password, salt, cost), hash)) return 'differs';
  const { memory, passes, parallelism } = passwordCost;
  return cost.memory === memory && cost.passes === passes && cost.parallelism === parallelism ? 'fits' : 'outdated';
}

const form = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parseHash(stored: string): { cost: Argon2Cost; salt: Uint8Array; hash: Uint8Array } {
  const [, memory, passes, parallelism, salt, hash] = form.exec(stored) ?? [];
  const parts = { salt: fromBase64(salt ?? ''), hash: fromBase64(hash ?? '') };
  if (memory === undefined || parts.salt === undefined || parts.hash?.length !== hashLength)
    throw new Error('A stored password hash has not the form in which we store them.');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return { cost, salt: parts.salt, hash: parts.hash };
}

function base64(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, '');
}

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

async function derive(password: string, nonce: Uint8Array, cost: Argon2Cost): Promise<Uint8Array> {
  if (waiting >= maxWaiting)
    throw new Failure(
      'unavailable',
      'sign-in-busy',
      'Too many people sign in at this moment. Try again in a few seconds.',
      {
        retryAfter: 5,
      },
    );
  waiting++;
  const turn = last.then(() => argon2id(password, nonce, cost));
  last = turn.catch(() => undefined);
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

function argon2id(password: string, nonce: Uint8Array, cost: Argon2Cost): Promise<Uint8Array> {
  const parameters = { ...cost, message: utf8(password), nonce, tagLength: hashLength };
  return new Promise((resolve, reject) =>
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(new Uint8Array(key)) : reject(error))),
  );
}
