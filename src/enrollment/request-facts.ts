import type { Certificate } from '../authority/certificate.ts';
import type { Challenge } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { ScepProfile } from '../profiles/profile.ts';

/** What a SCEP call must know, one look-up each, prepared statements: the hot reads. */
export type RequestFacts = {
  profileBySlug(slug: string): Promise<ScepProfile | null>;
  profileById(id: string): Promise<ScepProfile | null>;
  byChallenge(secretHash: string): Promise<{ readonly challenge: Challenge; readonly deployment: Deployment } | null>;
  deployment(id: string): Promise<Deployment | null>;
  /** `deployment` is null for certificates that are not a device's. */
  byCertificate(
    issuerId: string,
    serial: string,
  ): Promise<{ readonly certificate: Certificate; readonly deployment: Deployment | null } | null>;
  /** What this proof was spent on with this key, if anything. */
  issuedFor(
    proof: { readonly kind: 'challenge' | 'certificate'; readonly id: string },
    keyHash: string,
  ): Promise<Certificate | null>;
};
