/** A passkey: a WebAuthn credential of an administrator, whose private key stays in an authenticator. */
import type { PasskeyAlgorithm } from '../crypto/passkey-signature.ts';
import type { Branded } from '../lib/ids.ts';
import type { AdministratorId } from './administrator.ts';

export type PasskeyId = Branded<'PasskeyId'>;

export type Passkey = {
  readonly id: PasskeyId;
  readonly administratorId: AdministratorId;
  /** What its owner calls it. */
  readonly name: string;
  /** Base64url, of the authenticator's making. */
  readonly credentialId: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly algorithm: PasskeyAlgorithm;
  /** As the authenticator last said; 0 for one that does not count. */
  readonly signCount: number;
  /** How browsers reach it. */
  readonly transports: readonly string[];
  /** Whether it is kept elsewhere as well, as by a password manager. */
  readonly backedUp: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
};

/** Of one administrator. */
export const maxPasskeys = 20;

export type PasskeyStore = {
  findByCredentialId(credentialId: string): Promise<Passkey | null>;
  /** In the order in which they were added. */
  of(id: AdministratorId): Promise<readonly Passkey[]>;
  insert(passkey: Passkey): Promise<void>;
  /** Name, counter, backup and last use; false when the counter is not `signCount` any more. */
  update(passkey: Passkey, signCount: number): Promise<boolean>;
  remove(id: PasskeyId): Promise<void>;
};

/** The address at which administrators meet us, as authenticators know it. */
export type RelyingParty = {
  readonly id: string;
  readonly name: string;
  /** Origins of pages that may ask for our passkeys. */
  readonly origins: readonly string[];
};
