/**
 * PKIOperation (RFC 8894 §3.3): message in, decision, certificate recorded, message out. Decides nothing itself: proofs are
 * the decision table's, requests `check-request`'s, the certificate the authority's, "once" the ledger's.
 */
import type { CryptoPool } from '../crypto/crypto-pool.ts';
import { sha256Hex } from '../crypto/digest.ts';
import { type CertificationRequest, parseCertificationRequest } from '../formats/pkcs10/certification-request.ts';
import { messageTypes } from '../formats/scep/message-type.ts';
import { type PkiMessage, parsePkiMessage } from '../formats/scep/pki-message.ts';
import { sameBytes, toHex } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { CaDirectory } from './ca-directory.ts';
import type { ChallengeVerifier, VerifiedChallenge } from './challenge-verifier.ts';
import { type DecisionMessage, decide } from './decision-table.ts';
import { type EnrolInput, enrol, repeatByChallenge } from './enrol.ts';
import { getCertificate, getCrl, type LookUpDeps } from './look-up.ts';
import { algorithmsOf, carriesCsr, openMessage } from './open-message.ts';
import { type PollDeps, poll } from './poll.ts';
import { type RecordOutcomeDeps, recordOutcome } from './record-outcome.ts';
import { type RefusalReason, refusal } from './refusal.ts';
import { type RenewDeps, type RenewInput, renew, repeatRenewal } from './renew.ts';
import type { RequestFacts } from './request-facts.ts';
import { type Conclusion, refused, type ScepCall } from './scep-call.ts';
import { certificateReply, type Requester, type SealAnswerDeps, sealAnswer } from './seal-answer.ts';
import { type Address, challengeStanding, signerStanding } from './standing.ts';
import { stopwatch } from './stopwatch.ts';

export type PkiOperationInput = {
  readonly slug: string;
  readonly deliveryRef: string | null;
  /** The pkiMessage, DER or BER. */
  readonly message: Uint8Array;
  readonly requestId: string;
  readonly clientAddress: string;
};

export type PkiOperationAnswer =
  | {
      readonly kind: 'reply';
      readonly message: Uint8Array;
      /** `public`: what anybody gets (a CRL), so that having got it proves nothing. */
      readonly outcome: 'success' | 'pending' | 'failure' | 'public';
      /** Why it is a failure: for the log, never for the wire. */
      readonly reason: RefusalReason | null;
    }
  | { readonly kind: 'unknown-profile' }
  /** No CertRep can be built: no transactionID or no nonce to answer to. */
  | { readonly kind: 'unreadable' };

export type PkiOperationDeps = {
  readonly clock: Clock;
  readonly node: string;
  /** Requests beyond this many cryptographic jobs are sent away until later. */
  readonly maxPending: number;
  readonly facts: RequestFacts;
  /** `anew`: as they are in the store at this moment. */
  readonly authorities: (state?: 'anew') => Promise<CaDirectory>;
  readonly challenges: ChallengeVerifier;
  readonly pool: CryptoPool;
  /** The parts, each with ports of its own. */
  readonly renewal: RenewDeps;
  readonly polling: Pick<PollDeps, 'pendingRequests'>;
  readonly lookUp: Pick<LookUpDeps, 'crls'>;
  readonly recording: RecordOutcomeDeps;
  readonly wireRefusal: SealAnswerDeps['wireRefusal'];
};

/** Throws `Failure` `unavailable` when there is too much to do, `misconfigured` when no authority can answer. */
export async function pkiOperation(deps: PkiOperationDeps, input: PkiOperationInput): Promise<PkiOperationAnswer> {
  if (deps.pool.pending >= deps.maxPending) throw busy();
  try {
    return await operate(deps, input, await deps.authorities());
  } catch (error) {
    if (!isFailure(error, 'issuer-left') && !isFailure(error, 'key-not-loaded')) throw error;
    // The authority went over to its next issuer, perhaps on another node, and nothing came of the call yet.
    return operate(deps, input, await deps.authorities('anew'));
  }
}

async function operate(
  deps: PkiOperationDeps,
  input: PkiOperationInput,
  cas: CaDirectory,
): Promise<PkiOperationAnswer> {
  const { clock } = deps;
  const watch = stopwatch(clock);
  const profile = await deps.facts.profileBySlug(input.slug);
  if (profile === null) return { kind: 'unknown-profile' };
  const ca = cas.find(profile.settings.server.authority);
  if (ca === null) throw noAuthority(profile.settings.server.authority);
  const parsed = parsePkiMessage(input.message);
  const known = parsed.ok ? parsed.message : parsed.replyTo;
  const algorithms = parsed.ok ? algorithmsOf(parsed.message) : {};
  const call: ScepCall = {
    id: newId(clock),
    node: deps.node,
    requestId: input.requestId,
    clientAddress: input.clientAddress,
    now: clock.now(),
    profile,
    ca,
    deliveryRef: input.deliveryRef,
    messageType: known.messageType ?? null,
    transactionID: known.transactionId ?? null,
    algorithms,
    watch,
    reply: null,
  };
  watch.lap('decode');
  if (parsed.ok) return answer(deps, cas, call, parsed.message, algorithms);
  const conclusion = refused(
    refusal('message-malformed', { code: parsed.failure.code, detail: parsed.failure.message }),
  );
  const { transactionId, senderNonce, digest } = parsed.replyTo;
  if (transactionId === undefined || senderNonce === undefined) {
    await recordOutcome(deps.recording, call, conclusion);
    return { kind: 'unreadable' };
  }
  return conclude(deps, call, { transactionId, senderNonce, digest, opened: null }, conclusion);
}

async function answer(
  deps: PkiOperationDeps,
  cas: CaDirectory,
  call: ScepCall,
  message: PkiMessage,
  algorithms: Record<string, string | number>,
): Promise<PkiOperationAnswer> {
  const { transactionId, senderNonce, digest } = message;
  const unopened: Requester = { transactionId, senderNonce, digest, opened: null };
  const kind = decisionMessage(message.messageType);
  if (kind === null) return conclude(deps, call, unopened, refused(refusal('message-type-unsupported')));
  const opened = await openMessage(deps.pool, call.profile.settings, call.ca, message, algorithms);
  call.watch.lap('open');
  if (opened.kind === 'refused') return conclude(deps, call, unopened, refused(opened.refusal));
  const { content, reply, recipient, lane } = opened;
  const requester: Requester = { ...unopened, opened: { message, reply, recipient, lane } };
  const answerable = { ...call, reply: certificateReply(call, requester) };
  const conclusion = await handle(deps, cas, answerable, kind, message, content, algorithms);
  return conclude(deps, call, requester, conclusion);
}

async function conclude(
  deps: PkiOperationDeps,
  call: ScepCall,
  requester: Requester,
  conclusion: Conclusion,
): Promise<PkiOperationAnswer> {
  await recordOutcome(deps.recording, call, conclusion);
  const message = await sealAnswer(deps, call, requester, conclusion);
  const reason = conclusion.kind === 'refused' ? conclusion.refusal.reason : null;
  return { kind: 'reply', message, outcome: outcomeOf(conclusion), reason };
}

function outcomeOf(conclusion: Conclusion): Extract<PkiOperationAnswer, { kind: 'reply' }>['outcome'] {
  if (conclusion.kind === 'refused') return 'failure';
  return conclusion.kind === 'success' && conclusion.certificate === null ? 'public' : conclusion.kind;
}

function decisionMessage(messageType: number): DecisionMessage | null {
  switch (messageType) {
    case messageTypes.PKCSReq:
      return 'enrol';
    // 18 was UpdateReq in the drafts: signed by the old certificate, like 17.
    case messageTypes.RenewalReq:
    case messageTypes.UpdateReq:
      return 'renew';
    case messageTypes.CertPoll:
      return 'poll';
    case messageTypes.GetCert:
      return 'get-certificate';
    case messageTypes.GetCRL:
      return 'get-crl';
    default:
      return null;
  }
}

/** The message is authentic; what it may have is for the table to say. */
async function handle(
  deps: PkiOperationDeps,
  cas: CaDirectory,
  call: ScepCall,
  kind: DecisionMessage,
  message: PkiMessage,
  content: Uint8Array,
  algorithms: Record<string, string | number>,
): Promise<Conclusion> {
  const request = carriesCsr(message.messageType) ? parseRequest(content) : null;
  if (request === undefined) return refused(refusal('certificate-request-decoding-failed'));
  const keyHash = request === null ? null : sha256Hex(request.spki);
  if (request?.publicKey.kind === 'rsa') algorithms.keySize = request.publicKey.bits;

  const address: Address = { profileId: call.profile.id, deliveryRef: call.deliveryRef };
  const signer = await findSigner(deps, cas, message);
  const signerKey = keyHashOf(message, request, keyHash);
  const standing = signerStanding({ ...signer, signerKey, requestedKey: keyHash }, address, call.now);
  const proof = await findChallenge(deps, request);
  const challenge =
    keyHash === null || proof === undefined ? 'absent' : challengeStanding(proof, keyHash, address, call.now);
  const action = decide(kind, standing, challenge);
  call.watch.lap('check');
  const deployment = signer.record?.deployment ?? proof?.deployment ?? null;

  switch (action.kind) {
    case 'refuse':
      return refused(refusal(action.reason, { signer: standing, challenge }), deployment, isEntitled(challenge));
    case 'issue-by-challenge':
    case 'repeat-by-challenge': {
      if (request === null || keyHash === null || !proof) throw new TypeError('the table let an empty request pass');
      const input: EnrolInput = { call, request, keyHash, proof };
      return action.kind === 'issue-by-challenge' ? enrol(deps.renewal, input) : repeatByChallenge(deps.facts, input);
    }
    case 'renew':
    case 'repeat-renewal': {
      if (request === null || keyHash === null || signer.record === null || deployment === null)
        throw new TypeError('the table let a renewal without certificate pass');
      const input: RenewInput = { call, request, keyHash, old: signer.record.certificate, deployment };
      return action.kind === 'renew' ? renew(deps.renewal, input) : repeatRenewal(deps.facts, input);
    }
    case 'poll':
      return poll(
        { issuing: deps.renewal.issuing, facts: deps.facts, ...deps.polling },
        { call, content, signerKey, signerCertificateId: signer.record?.certificate.id ?? null },
      );
    case 'get-certificate':
      return getCertificate({ facts: deps.facts, ...deps.lookUp }, cas, content);
    case 'get-crl':
      return getCrl({ facts: deps.facts, ...deps.lookUp }, cas, content);
  }
}

/** The challenge was the deployment's own, if too late: then its state tells the administrator. */
function isEntitled(challenge: ReturnType<typeof challengeStanding> | 'absent'): boolean {
  return challenge === 'expired' || challenge === 'outdated';
}

/** Undefined when it does not parse, although the pool's reader found that it does. */
function parseRequest(content: Uint8Array): CertificationRequest | undefined {
  try {
    return parseCertificationRequest(content);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/** Most requests are signed with the key that they are about: one digest is enough then. */
function keyHashOf(message: PkiMessage, request: CertificationRequest | null, keyHash: string | null): string {
  const { spki } = message.signerCertificate;
  return request !== null && keyHash !== null && sameBytes(spki, request.spki) ? keyHash : sha256Hex(spki);
}

/** Ours is what is in our books, byte for byte; no signature needs checking for that. */
async function findSigner({ facts }: PkiOperationDeps, cas: CaDirectory, { signerCertificate }: PkiMessage) {
  const { issuerDer, subjectDer, serial, der } = signerCertificate;
  const selfSigned = sameBytes(issuerDer, subjectDer);
  const namesUs = cas.isOurs(issuerDer);
  if (namesUs)
    for (const issuerId of cas.issuersNamed(issuerDer)) {
      const record = await facts.byCertificate(issuerId, toHex(serial));
      if (record !== null && sameBytes(record.certificate.der, der)) return { selfSigned, namesUs, record };
    }
  return { selfSigned, namesUs, record: null };
}

/** Undefined when the request carries none; an empty one counts as none. */
async function findChallenge(
  { challenges }: PkiOperationDeps,
  request: CertificationRequest | null,
): Promise<VerifiedChallenge | null | undefined> {
  const secret = request?.challengePassword;
  return secret === undefined || secret === '' ? undefined : challenges.find(secret);
}

function busy(): Failure {
  return new Failure(
    'unavailable',
    'server-busy',
    'The server has more requests than it can answer now. Try again soon.',
    {
      retryAfter: 5,
    },
  );
}

function noAuthority(slug: string | null): Failure {
  return new Failure(
    'misconfigured',
    'authority-missing',
    slug === null
      ? 'There is no certification authority yet. Create one with "scepward init".'
      : `The authority "${slug}" that this profile names does not exist or cannot issue.`,
    { authority: slug },
  );
}
