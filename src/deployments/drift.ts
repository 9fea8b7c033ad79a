/**
 * A certificate says what was true when it was issued; then somebody is renamed. What of the directory's change a
 * deployment takes over, and when, is the profile's choice (`server.directoryChanges`). Pure.
 */
import { type Expectation, type ExpectationResult, sameExpectation } from '../profiles/expectation.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Deployment, DeploymentProblem } from './deployment.ts';

/** An expectation, or why there is none; both null for trusted certificates. */
export type Goal = { readonly expectation: Expectation | null; readonly problem: DeploymentProblem | null };

export type Content = Goal &
  Pick<Deployment, 'issuedExpectation' | 'withheld' | 'driftedAt'> & {
    /** Its certificate is to be replaced now because of what it says. */
    readonly reissue: boolean;
  };

/** `goal` is what profile and directory would have now. */
export function contentAfter(before: Deployment, profile: Profile, goal: Goal, now: number): Content {
  const issued = before.currentCertificateId === null ? null : (before.issuedExpectation ?? before.expectation);
  if (profile.kind !== 'scep' || issued === null)
    return { ...goal, issuedExpectation: null, withheld: null, driftedAt: null, reissue: false };
  const { directoryChanges } = profile.settings.server;
  const edited = before.contentVersion !== profile.contentVersion;
  const kept = keptOf(before, issued);
  const withheld = directoryChanges === 'never' && !edited && kept !== null ? withheldFrom(kept, goal) : null;
  const { expectation, problem }: Goal = withheld === null ? goal : { expectation: kept, problem: null };
  const issuedExpectation = sameExpectation(issued, expectation) ? null : issued;
  const drifts = withheld !== null || (issuedExpectation !== null && expectation !== null);
  return {
    expectation,
    problem,
    issuedExpectation,
    withheld,
    driftedAt: drifts ? (before.driftedAt ?? now) : null,
    reissue: drifts && withheld === null && directoryChanges === 'reissueNow',
  };
}

/**
 * What an edit brought stays, too, until the device has fetched it. Null: it had no value yet, and what was issued before it
 * shall not come back.
 */
function keptOf({ generation, issuedGeneration, editedGeneration, expectation }: Deployment, issued: Expectation) {
  if (generation === issuedGeneration) return issued;
  return expectation ?? (editedGeneration === generation ? null : issued);
}

/** What the directory alone would change; null when nothing, or when it is the profile's root that does not reach. */
function withheldFrom(kept: Expectation, { expectation, problem }: Goal): ExpectationResult | null {
  if (expectation !== null) return sameExpectation(kept, expectation) ? null : { kind: 'resolved', expectation };
  return problem === null || problem.code === 'root-not-assigned' ? null : { kind: 'failed', failure: problem };
}

export type DriftDifference = {
  readonly field: string;
  /** In the certificate that the device has. */
  readonly certificate: string;
  /** By the directory; null: there is no value, `detail` of the failure says why. */
  readonly directory: string | null;
};

/** What a certificate says beside what it would say by now, field by field; empty: the same. */
export function driftOf(deployment: Deployment): readonly DriftDifference[] {
  const { driftedAt, withheld, issuedExpectation, expectation } = deployment;
  if (driftedAt === null) return [];
  const was = issuedExpectation ?? expectation;
  const is = withheld === null ? expectation : withheld.kind === 'resolved' ? withheld.expectation : null;
  if (was === null) return [];
  if (is === null) return [{ field: 'subject', certificate: was.subjectText, directory: null }];
  return fields.flatMap(([field, textOf]) => {
    const [certificate, directory] = [textOf(was), textOf(is)];
    return certificate === directory ? [] : [{ field, certificate, directory }];
  });
}

const fields: readonly (readonly [field: string, textOf: (expectation: Expectation) => string])[] = [
  ['subject', ({ subjectText }) => subjectText],
  [
    'subjectAlternativeNames',
    ({ subjectAlternativeNames }) => subjectAlternativeNames.map(({ type, value }) => `${type}:${value}`).join(', '),
  ],
  ['securityIdentifier', ({ securityIdentifier }) => securityIdentifier ?? ''],
  ['keyUsage', ({ keyUsage }) => keyUsage.join(', ')],
  ['extendedKeyUsages', ({ extendedKeyUsages }) => extendedKeyUsages.map(({ oid }) => oid).join(', ')],
  ['keySize', ({ keySize }) => String(keySize)],
  ['validityPeriod', ({ validityPeriod }) => JSON.stringify(validityPeriod)],
];
