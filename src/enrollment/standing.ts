/**
 * What a request can show for itself: who signed it, and which challenge it carries. Pure: from the facts that were looked
 * up to one word each, which the decision table then reads.
 */
import type { Certificate } from '../authority/certificate.ts';
import type { Challenge } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';

export const signerStandings = [
  'own-key', // self-signed with the key that is to be certified (or, without a request, any self-signed)
  'other-key', // self-signed with another key
  'device-live', // our device certificate, the current one of a wanted deployment of this profile
  'device-superseded', // live, but a later one was issued for its deployment
  'device-expired',
  'device-not-yet-valid',
  'device-revoked',
  'device-unwanted', // its deployment is no longer wanted
  'device-of-another-profile',
  'device-of-another-delivery',
  'not-a-device', // RA, OCSP, TLS, CA
  'forged', // bears our name and is not in our books
  'foreign',
] as const;
export type SignerStanding = (typeof signerStandings)[number];

export const challengeStandings = [
  'absent',
  'live', // not bound, or bound to this key
  'bound-to-another-key',
  'spent-by-this-key',
  'spent-by-another-key',
  'cancelled',
  'expired',
  'unwanted', // its deployment is no longer wanted
  'outdated', // made for an earlier expectation
  'of-another-profile',
  'of-another-delivery',
  'unknown',
] as const;
export type ChallengeStanding = (typeof challengeStandings)[number];

/** The address that was asked: a challenge or certificate serves only there. `deliveryRef` is null without `/d/<ref>`. */
export type Address = { readonly profileId: string; readonly deliveryRef: string | null };

export type SignerFacts = {
  readonly selfSigned: boolean;
  /** SHA-256 of the signer's SubjectPublicKeyInfo and of the requested one, hex; the latter null without a request. */
  readonly signerKey: string;
  readonly requestedKey: string | null;
  /** Its issuer is called like one of ours. */
  readonly namesUs: boolean;
  /** The record with the very same bytes; null when there is none. */
  readonly record: { readonly certificate: Certificate; readonly deployment: Deployment | null } | null;
};

export function signerStanding(facts: SignerFacts, address: Address, now: number): SignerStanding {
  const { record } = facts;
  if (record === null) {
    // An issuer certificate of ours is self-signed as well, and never in a client's hands: it is no "own key".
    if (facts.selfSigned && !facts.namesUs)
      return facts.requestedKey === null || facts.signerKey === facts.requestedKey ? 'own-key' : 'other-key';
    return facts.namesUs ? 'forged' : 'foreign';
  }
  const { certificate, deployment } = record;
  if (certificate.purpose !== 'device' || deployment === null) return 'not-a-device';
  if (certificate.revokedAt !== null) return 'device-revoked';
  if (now > certificate.notAfter) return 'device-expired';
  if (now < certificate.notBefore) return 'device-not-yet-valid';
  if (deployment.profileId !== address.profileId) return 'device-of-another-profile';
  if (address.deliveryRef !== null && deployment.deliveryRef !== address.deliveryRef)
    return 'device-of-another-delivery';
  if (!deployment.wanted || deployment.expectation === null) return 'device-unwanted';
  return deployment.currentCertificateId === certificate.id ? 'device-live' : 'device-superseded';
}

/** `key` is SHA-256 of the requested SubjectPublicKeyInfo, hex. */
export function challengeStanding(
  record: { readonly challenge: Challenge; readonly deployment: Deployment } | null,
  key: string,
  address: Address,
  now: number,
): ChallengeStanding {
  if (record === null) return 'unknown';
  const { challenge, deployment } = record;
  if (challenge.profileId !== address.profileId) return 'of-another-profile';
  if (address.deliveryRef !== null && deployment.deliveryRef !== address.deliveryRef) return 'of-another-delivery';
  if (challenge.state === 'spent') return challenge.boundKey === key ? 'spent-by-this-key' : 'spent-by-another-key';
  if (challenge.state === 'cancelled') return 'cancelled';
  if (challenge.boundKey !== null && challenge.boundKey !== key) return 'bound-to-another-key';
  // A bound challenge belongs to a request that waits for approval, which may take longer than a challenge lives.
  if (challenge.boundKey === null && now >= challenge.expiresAt) return 'expired';
  if (!deployment.wanted || deployment.expectation === null) return 'unwanted';
  if (challenge.revision !== deployment.revision || challenge.generation !== deployment.generation) return 'outdated';
  return 'live';
}
