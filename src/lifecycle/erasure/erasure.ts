/** A person being taken out of everything that is kept: what to look for, until it is done and that is forgotten too. */
import type { UserFacts } from '../../directory/user.ts';
import type { Cause } from '../../events/event.ts';

export type Erasure = {
  readonly id: string;
  readonly userId: string;
  /** Stands where the person's names stood. */
  readonly pseudonym: string;
  /** Null once it is done. */
  readonly traces: Traces | null;
  readonly progress: Readonly<Record<string, number>>;
  readonly cause: Cause;
  readonly begunAt: number;
  readonly endedAt: number | null;
};

export type Traces = {
  /** Belong to this person alone: replaced wherever they stand. */
  readonly unique: readonly string[];
  /** Others may have them too: replaced in what is about this person, and beside a unique one. */
  readonly shared: readonly string[];
  readonly deviceIds: readonly string[];
};

export type ErasureStore = {
  save(erasure: Erasure): Promise<void>;
  /** Begun and not ended. */
  open(): Promise<readonly Erasure[]>;
};

const uniqueFacts = [
  'userPrincipalName',
  'emailAddress',
  'onPremisesUserPrincipalName',
  'onPremisesDistinguishedName',
  'onPremisesSecurityIdentifier',
  'entraObjectId',
] as const satisfies (keyof UserFacts)[];

const sharedFacts = [
  'displayName',
  'givenName',
  'surname',
  'userName',
  'onPremisesSamAccountName',
] as const satisfies (keyof UserFacts)[];

export const personalFacts: readonly (keyof UserFacts)[] = [...uniqueFacts, ...sharedFacts];

/** `all`: the facts of now, and those of earlier. */
export function tracesOf(all: readonly Partial<UserFacts>[], deviceIds: readonly string[]): Traces {
  const values = (names: readonly (keyof UserFacts)[]) => {
    const found = new Set<string>();
    for (const facts of all) for (const name of names) if ((facts[name]?.length ?? 0) > 1) found.add(facts[name] ?? '');
    // The longer first, so that a part of one does not spoil it.
    return [...found].sort((a, b) => b.length - a.length);
  };
  return { unique: values(uniqueFacts), shared: values(sharedFacts), deviceIds };
}

/** Not made from anything that the person is called. */
export function pseudonymOf(userId: string): string {
  return `erased-${userId.slice(-12)}`;
}
