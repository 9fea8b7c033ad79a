import { blankUser } from './blank-user.ts';
import { mergeFacts } from './merge-facts.ts';
import type { FactSource, User, UserFacts, UserId } from './user.ts';

type UserStatement = {
  /** Null: unknown so far. */
  readonly known: User | null;
  readonly id: UserId;
  /** A new user needs a userPrincipalName. */
  readonly said: Partial<UserFacts> & Pick<UserFacts, 'userPrincipalName'>;
  readonly source: FactSource;
  /** ms. */
  readonly now: number;
};

/** The user after a statement (`mergeFacts`), and which facts it changed: all that is known when the user is new. */
export function sayOfUser({ known, id, said, source, now }: UserStatement): {
  readonly user: User;
  readonly changed: readonly (keyof UserFacts)[];
} {
  const before: User = known ?? blankUser({ id, userPrincipalName: '', now });
  const { facts, sources, changed } = mergeFacts<UserFacts>(before, said, source);
  const user = changed.length === 0 ? before : { ...before, ...facts, sources, updatedAt: now };
  return { user, changed };
}
