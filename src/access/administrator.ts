/**
 * A person who administers this server: an account with a name to sign in by. What they may do is decided by roles; how they
 * prove who they are is beside it: a password, passkeys, an identity provider, and for once a code.
 */

import { Failure } from '../lib/failure.ts';
import type { Branded } from '../lib/ids.ts';

export type AdministratorId = Branded<'AdministratorId'>;

/** `disabled`: does not come in, and is kept for its name in the audit log. */
export type AdministratorState = 'active' | 'disabled';

export type Administrator = {
  readonly id: AdministratorId;
  /** For people. */
  readonly name: string;
  /** What is typed at sign-in, such as a mail address. Unique without regard to case. */
  readonly signInName: string;
  readonly state: AdministratorState;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSignInAt: number | null;
};

/** The same for sign-in names that mean the same administrator. */
export function signInKey(signInName: string): string {
  return signInName.trim().toLowerCase().normalize('NFC');
}

/** Failure `administrator-name`. */
export function parseAdministratorName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= 200) return name;
  throw new Failure('invalid', 'administrator-name', 'An administrator needs a name of 1 to 200 characters.', {
    field: 'name',
  });
}

/** Failure `sign-in-name`. */
export function parseSignInName(text: string): string {
  const name = text.trim().normalize('NFC');
  if (name.length <= 200 && /^[^\s\p{C}]+$/u.test(name)) return name;
  const message = 'A sign-in name has 1 to 200 characters and no spaces in it: a mail address, for example.';
  throw new Failure('invalid', 'sign-in-name', message, { field: 'signInName' });
}
