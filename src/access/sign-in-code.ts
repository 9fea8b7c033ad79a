/**
 * A code that lets somebody in once: who has none yet (set-up, a new administrator) or none any more (`admin reset`). 128
 * random bits in letters and digits that can be read out; stored as SHA-256.
 */
import { hashSecret } from '../crypto/secret.ts';
import { toBase32 } from '../lib/bytes.ts';
import type { Branded } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { AdministratorId } from './administrator.ts';

export type SignInCodeId = Branded<'SignInCodeId'>;

export type SignInCode = {
  readonly id: SignInCodeId;
  /** Null: the set-up code, which makes the first administrator. */
  readonly administratorId: AdministratorId | null;
  readonly secretHash: string;
  readonly createdAt: number;
  /** Null: until it is used. */
  readonly expiresAt: number | null;
};

export type SignInCodeStore = {
  findBySecretHash(secretHash: string): Promise<SignInCode | null>;
  insert(code: SignInCode): Promise<void>;
  /** It is gone then. False when it was gone before: of many that use one at once, one may. */
  use(id: SignInCodeId): Promise<boolean>;
  /** All of one administrator, or all set-up codes. */
  cancel(administratorId: AdministratorId | null): Promise<void>;
  removeExpired(now: number): Promise<void>;
};

/** `ABCDE-FGHIJ-…`: 26 characters of base32. */
export function newSignInCode(): string {
  return (toBase32(randomBytes(16)).match(/.{1,5}/g) ?? []).join('-');
}

/** However it was typed: case, spaces and dashes do not count, and digits that base32 lacks are the letters they look like. */
export function hashSignInCode(typed: string): string {
  const plain = typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replaceAll('0', 'O')
    .replaceAll('1', 'I')
    .replaceAll('8', 'B');
  return hashSecret(`sign-in code ${plain}`);
}
