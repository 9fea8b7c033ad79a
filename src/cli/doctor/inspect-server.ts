import type { Ending } from '../../authority/endings.ts';
import type { Environment } from '../../config/env.ts';
import { sha256Hex } from '../../crypto/digest.ts';
import type { SealReport } from '../../events/seal/verify-seals.ts';
import { pemBlocks } from '../../formats/x509/pem.ts';
import { fromUtf8 } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import { segment } from '../api.ts';
import { type ApiClient, createApiClient } from '../api-client.ts';
import type { RevokedOwn } from './check-authority.ts';
import type { WaitingRemoval } from './check-removals.ts';

export type ServerInspection = {
  readonly url: string;
  /** Status of `/readyz`; null when nobody answers. */
  readonly ready: number | null;
  /** Null when the API does not let us see. */
  readonly facts: {
    readonly issuers: readonly { readonly certificate: Uint8Array; readonly registrationAuthorities: readonly [] }[];
    readonly pkiUrls: readonly string[];
    readonly revoked: readonly RevokedOwn[];
    /** ms UTC. */
    readonly lastEvent: number | null;
    /** What the server itself finds to end soon. */
    readonly endings: readonly Ending[];
    /** Text: why it was not verified. */
    readonly audit: SealReport | string;
    readonly removals: readonly WaitingRemoval[];
  } | null;
};

type RevokedView = RevokedOwn & { readonly purpose: string };
type AuthorityView = { readonly slug: string; readonly pkiUrl: string };

/** What a running server says of itself. */
export async function inspectServer(environment: Environment): Promise<ServerInspection> {
  const api = createApiClient(environment);
  const ready = await readiness(api.url);
  return { url: api.url, ready, facts: ready === null ? null : await readFacts(api) };
}

async function readiness(url: string): Promise<number | null> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })).status;
  } catch {
    return null;
  }
}

async function readFacts(api: ApiClient): Promise<ServerInspection['facts']> {
  try {
    const { items } = await api.call<{ items: AuthorityView[] }>('/authorities');
    const issuers: Uint8Array[] = [];
    for (const { slug } of items) {
      const pem = fromUtf8(await api.file(`/authorities/${segment(slug)}/chain`, { query: { format: 'pem' } })) ?? '';
      issuers.push(...pemBlocks(pem, 'CERTIFICATE'));
    }
    const events = await api.call<{ items: { at: number }[] }>('/events', { query: { limit: 1 } });
    return {
      issuers: issuers.map((certificate) => ({ certificate, registrationAuthorities: [] as const })),
      pkiUrls: items.map(({ pkiUrl }) => pkiUrl),
      revoked: await revokedOf(api, issuers),
      lastEvent: events.items[0]?.at ?? null,
      endings: (await api.call<{ items: Ending[] }>('/endings')).items,
      audit: await verified(api),
      removals: await waitingRemovals(api),
    };
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

/** It may take a while, and somebody else may have begun. */
async function verified(api: ApiClient): Promise<SealReport | string> {
  try {
    return await api.call<SealReport>('/audit/verification');
  } catch (error) {
    if (isFailure(error)) return error.message;
    throw error;
  }
}

async function waitingRemovals(api: ApiClient): Promise<WaitingRemoval[]> {
  const waiting: WaitingRemoval[] = [];
  for await (const each of api.list<WaitingRemoval>('/removals', { state: 'waiting' })) waiting.push(each);
  return waiting;
}

/** Those of `issuers`, and the RAs, which no address hands out: they are found by what our names for them have in common. */
async function revokedOf(api: ApiClient, issuers: readonly Uint8Array[]): Promise<RevokedOwn[]> {
  const found: RevokedView[] = [];
  for (const search of [...issuers.map(sha256Hex), 'SCEP RA'])
    for await (const each of api.list<RevokedView>('/certificates', { status: 'revoked', search })) found.push(each);
  return found.filter(({ purpose }) => purpose !== 'device');
}
