import type { User } from './user.ts';

/** Somebody of whom nothing is known but the principal name. `now`: ms. */
export function blankUser({
  id,
  userPrincipalName,
  now,
}: Pick<User, 'id' | 'userPrincipalName'> & { readonly now: number }): User {
  return {
    id,
    userPrincipalName,
    userName: null,
    displayName: null,
    givenName: null,
    surname: null,
    emailAddress: null,
    department: null,
    onPremisesSamAccountName: null,
    onPremisesDistinguishedName: null,
    onPremisesUserPrincipalName: null,
    onPremisesSecurityIdentifier: null,
    entraObjectId: null,
    sources: {},
    createdAt: now,
    updatedAt: now,
  };
}
