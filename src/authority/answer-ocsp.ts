/**
 * The OCSP responder (RFC 6960): says of certificates that we issued whether they are revoked. The state is looked up for
 * each answer, whichever node revoked; what is kept is only the signature under an answer that says the same.
 */
import { type OcspRequest, parseOcspRequest } from '../formats/ocsp/ocsp-request.ts';
import {
  assembleOcspResponse,
  type CertStatus,
  encodeOcspFailure,
  encodeResponseData,
  type OcspFailure,
  type SingleResponse,
} from '../formats/ocsp/ocsp-response.ts';
import type { CrlReason } from '../formats/x509/crl.ts';
import { toHex } from '../lib/bytes.ts';
import { type Clock, hour } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import type { CertificateStatuses } from './certificate-status.ts';
import type { IssuerId } from './issuer.ts';
import type { OcspDirectory } from './ocsp-directory.ts';
import type { OcspService, OcspSigner } from './ocsp-signer.ts';
import type { SigningRoom } from './signing-room.ts';

export type OcspAnswer = {
  readonly der: Uint8Array;
  /** Milliseconds UTC, for HTTP caches (RFC 5019 §6); null where nobody may keep it: failures, and answers to a nonce. */
  readonly fresh: { readonly thisUpdate: number; readonly nextUpdate: number } | null;
  /** Why nothing was said of any certificate; null when it was. */
  readonly failure: OcspFailure | null;
  /** Seconds, where it may be different later. */
  readonly retryAfter: number | null;
};

export type AskOcsp = {
  /** The request, DER. */
  readonly der: Uint8Array;
  /** The network that it comes from, for its share of what can be signed. */
  readonly client: string;
};

export type AnswerOcspDeps = {
  readonly statuses: CertificateStatuses;
  readonly directory: () => Promise<OcspDirectory>;
  readonly kept: KeptAnswers;
  readonly room: SigningRoom;
  readonly clock: Clock;
};

/** How long an answer may be relied on, and up to which age one is given again. */
export const ocspLifetime = hour;
const givenAgain = ocspLifetime / 2;

/** Seconds: a full queue is worked off in less than one; a signer comes with the minute. */
const laterWithoutRoom = 2;
const laterWithoutSigner = 30;

export async function answerOcsp(deps: AnswerOcspDeps, { der, client }: AskOcsp): Promise<OcspAnswer> {
  const request = parseQuietly(der);
  if (request === null) return failure('malformedRequest');
  const service = serviceFor(await deps.directory(), request);
  if (service === null) return failure('unauthorized');
  const { signer } = service;
  if (signer === null) return failure('tryLater', laterWithoutSigner);
  const responses: SingleResponse[] = [];
  for (const { der: certId, serial } of request.certIds)
    responses.push({ certId, status: await statusOf(deps.statuses, signer.issuer.id, serial) });
  const asked: Asked = { client, signer, responses };
  return request.nonce === null ? givenOrNew(deps, asked) : signNew(deps, asked, request.nonce);
}

function parseQuietly(der: Uint8Array): OcspRequest | null {
  try {
    return parseOcspRequest(der);
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

/**
 * Whoever may speak for all of them. An answer has one signer, and a signer one issuer: for certificates of nobody here, or
 * of several issuers at once, we have no authority (RFC 5019 §2.2.3).
 */
function serviceFor(directory: OcspDirectory, { certIds }: OcspRequest): OcspService | null {
  const services = new Set(certIds.map((id) => directory.find(id)));
  const [only] = services;
  return services.size === 1 && only !== undefined ? only : null;
}

async function statusOf(statuses: CertificateStatuses, issuerId: IssuerId, serial: Uint8Array): Promise<CertStatus> {
  const found = await statuses.status(issuerId, toHex(serial));
  // RFC 6960 §2.2: never issued. We say "unknown" and not "revoked": the serial may be one of a CA that was imported.
  if (found === null || found.state !== 'released') return { kind: 'unknown' };
  if (found.revokedAt === null) return { kind: 'good' };
  const reason: CrlReason = found.revocationReason ?? 'unspecified';
  return { kind: 'revoked', at: found.revokedAt, reason };
}

type Asked = Pick<AskOcsp, 'client'> & {
  readonly signer: OcspSigner;
  readonly responses: readonly SingleResponse[];
};

async function givenOrNew(deps: AnswerOcspDeps, asked: Asked): Promise<OcspAnswer> {
  const key = keyOf(asked.signer, asked.responses);
  const known = deps.kept.get(key);
  const now = deps.clock.now();
  const age = now - (known?.fresh?.thisUpdate ?? 0);
  if (known !== undefined && age >= 0 && age < givenAgain) return known;
  const answer = await signNew(deps, asked, null);
  if (answer.fresh !== null) deps.kept.put(key, answer);
  // Too busy to sign: one that still holds, and says the same, does as well.
  else if (known?.fresh && age >= 0 && now < known.fresh.nextUpdate) return known;
  return answer;
}

/** Everything that the signature covers but the times. */
function keyOf(signer: OcspSigner, responses: readonly SingleResponse[]): string {
  const said = responses.map(({ certId, status }) =>
    status.kind === 'revoked' ? `${toHex(certId)} ${status.at} ${status.reason}` : `${toHex(certId)} ${status.kind}`,
  );
  return [toHex(signer.keyHash), ...said].join('\n');
}

async function signNew(
  deps: AnswerOcspDeps,
  { client, signer: { signer, certificate, keyHash, notAfter }, responses }: Asked,
  nonce: Uint8Array | null,
): Promise<OcspAnswer> {
  const now = Math.floor(deps.clock.now() / 1000) * 1000;
  const times = { producedAt: now, thisUpdate: now, nextUpdate: Math.min(now + ocspLifetime, notAfter) };
  const data = encodeResponseData({ responderKeyHash: keyHash, ...times, responses, nonce });
  const signature = deps.room.sign(client, () => signer.sign(data));
  if (signature === null) return failure('tryLater', laterWithoutRoom);
  const der = assembleOcspResponse(data, signer.signatureAlgorithm, await signature, [certificate]);
  return { der, fresh: nonce === null ? times : null, failure: null, retryAfter: null };
}

function failure(kind: OcspFailure, retryAfter: number | null = null): OcspAnswer {
  return { der: encodeOcspFailure(kind), fresh: null, failure: kind, retryAfter };
}

/** Answers to be given again, the latest asked for; a bound of entries, as each has about as many bytes. */
export type KeptAnswers = {
  get(key: string): OcspAnswer | undefined;
  put(key: string, answer: OcspAnswer): void;
};

/** About 10 MB with RSA. */
const mostKept = 5000;
/** Bytes: twice what one about a certificate has. Who asks about many, or for odd serial numbers, is not remembered. */
const largestKept = 4096;

export function keptAnswers(most: number = mostKept): KeptAnswers {
  const answers = new Map<string, OcspAnswer>();
  return {
    get(key) {
      const known = answers.get(key);
      if (known === undefined) return undefined;
      answers.delete(key);
      answers.set(key, known);
      return known;
    },
    put(key, answer) {
      if (answer.der.length > largestKept) return;
      answers.delete(key);
      answers.set(key, answer);
      if (answers.size > most) for (const oldest of answers.keys()) if (answers.delete(oldest)) break;
    },
  };
}
