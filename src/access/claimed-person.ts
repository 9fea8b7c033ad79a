import { Failure } from '../lib/failure.ts';
import { isOneLine } from '../lib/one-line.ts';
import type { Claims } from './identity-protocol.ts';
import type { IdentityProvider } from './identity-provider.ts';

export type ClaimedPerson = {
  readonly subject: string;
  /** For people. */
  readonly name: string;
  /** What they would be called here at sign-in. */
  readonly signInName: string;
  readonly groups: readonly string[];
};

const most = 1000;
const longest = 400;

/**
 * Who a provider says that somebody is. Failures, all `forbidden`: `provider-groups-overage` (there are more groups than it
 * lists), `provider-groups-invalid`, `provider-groups-too-many`. Without a claim of groups there are none.
 */
export function claimedPerson(claims: Claims, provider: Pick<IdentityProvider, 'name' | 'groupsClaim'>): ClaimedPerson {
  const subject = text(claims.sub);
  if (subject === null) throw new Error('An ID token without sub was let through.');
  const names = [claims.email, claims.preferred_username, claims.upn].map(text);
  const signInName = names.find((name) => name !== null && /^[^\s\p{C}]{1,200}$/u.test(name));
  return {
    subject,
    name: (text(claims.name) ?? signInName ?? subject).slice(0, 200),
    signInName: signInName ?? `${subject}@${provider.name}`.replaceAll(/[\s\p{C}]+/gu, '-').slice(0, 200),
    groups: provider.groupsClaim === '' ? [] : groupsOf(claims, provider),
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' && isOneLine(value) ? value.trim() : null;
}

function groupsOf(claims: Claims, { name, groupsClaim }: Pick<IdentityProvider, 'name' | 'groupsClaim'>): string[] {
  const value = claimAt(claims, groupsClaim);
  if (isLeftOut(claims, groupsClaim))
    throw refused(
      'provider-groups-overage',
      `${name} does not list your groups, because there are too many of them, so nobody can tell what you may do here. Have the provider send only the groups that are assigned to this application, or roles of the application.`,
    );
  if (value === undefined || value === null) return [];
  // A provider that knows one group may write it without a list.
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const groups = values.filter((each) => typeof each === 'string');
  if (groups.length < values.length || groups.some((each) => each === '' || each.length > longest))
    throw refused(
      'provider-groups-invalid',
      `The claim “${groupsClaim}” of ${name} is not a list of texts of at most ${longest} characters. Name another claim, or have the provider send names or ids.`,
    );
  if (groups.length > most)
    throw refused(
      'provider-groups-too-many',
      `${name} lists ${groups.length} groups of yours, and at most ${most} are taken. Have it send only those that are assigned to this application.`,
    );
  return [...new Set(groups)];
}

/** To the letter, or step by step: `realm_access.roles`. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Claims)[step];
  }
  return value;
}

/** Microsoft Entra's overage: the claim is elsewhere (OpenID Connect Core 1.0 §5.6.2), or just `hasgroups`. */
function isLeftOut(claims: Claims, path: string): boolean {
  const elsewhere = claims._claim_names;
  if (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, path)) return true;
  return path === 'groups' && (claims.hasgroups === true || claims.hasgroups === 'true');
}

function refused(code: string, message: string): Failure {
  return new Failure('forbidden', code, message);
}
