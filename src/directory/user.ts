/** A person as the directory knows them. */
import type { Branded } from '../lib/ids.ts';

export type UserId = Branded<'UserId'>;

/** Where a fact came from. `device` is what a device says of itself and is kept apart from the others. */
export type FactSource = 'csv' | 'api' | 'scim' | 'graph' | 'device';

export type UserFacts = {
  readonly userPrincipalName: string;
  readonly userName: string | null;
  readonly displayName: string | null;
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly emailAddress: string | null;
  readonly department: string | null;
  readonly onPremisesSamAccountName: string | null;
  readonly onPremisesDistinguishedName: string | null;
  readonly onPremisesUserPrincipalName: string | null;
  readonly onPremisesSecurityIdentifier: string | null;
  readonly entraObjectId: string | null;
};

/** userPrincipalName is unique without regard to case. */
export type User = UserFacts & {
  readonly id: UserId;
  readonly sources: Readonly<Partial<Record<keyof UserFacts, FactSource>>>;
  readonly createdAt: number;
  readonly updatedAt: number;
};
