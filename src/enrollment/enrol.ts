/** PKCSReq with a challenge: the request must be what the deployment allows. */
import type { CertificationRequest } from '../formats/pkcs10/certification-request.ts';
import { allowedDigests } from '../profiles/allowed-algorithms.ts';
import type { Expectation } from '../profiles/expectation.ts';
import type { VerifiedChallenge } from './challenge-verifier.ts';
import { checkRequest } from './check-request.ts';
import { delivered } from './issue.ts';
import { type IssueOrWaitDeps, issueOrWait } from './issue-or-wait.ts';
import { type Refusal, refusal } from './refusal.ts';
import { repeat } from './repeat.ts';
import type { RequestFacts } from './request-facts.ts';
import { type Conclusion, refused, type ScepCall } from './scep-call.ts';

export type EnrolInput = {
  readonly call: ScepCall;
  readonly request: CertificationRequest;
  /** SHA-256 of the requested SubjectPublicKeyInfo, hex. */
  readonly keyHash: string;
  readonly proof: VerifiedChallenge;
};

export async function enrol(deps: IssueOrWaitDeps, input: EnrolInput): Promise<Conclusion> {
  const { call, request, proof } = input;
  const { challenge, deployment } = proof;
  const { expectation } = deployment;
  if (expectation === null) return refused(refusal('scep-profile-no-longer-targeted-to-the-client'), deployment);
  const mismatch = compare(call, expectation, request);
  call.watch.lap('check');
  if (mismatch !== null) return refused(mismatch, deployment, true);
  return issueOrWait(deps, {
    call,
    deployment,
    expectation,
    publicKey: request.spki,
    keyHash: input.keyHash,
    certificationRequest: request.der,
    proof: { kind: 'challenge', challengeId: challenge.id },
    generation: challenge.generation,
    renewsId: null,
  });
}

export async function repeatByChallenge(
  facts: Pick<RequestFacts, 'issuedFor'>,
  { call, keyHash, proof }: EnrolInput,
): Promise<Conclusion> {
  const issued = await facts.issuedFor({ kind: 'challenge', id: proof.challenge.id }, keyHash);
  const found = repeat(issued, call.now, 'challenge-spent');
  return found.kind === 'again'
    ? delivered(found.certificate, false)
    : refused(refusal(found.reason), proof.deployment);
}

/** The first difference names the refusal; all of them are recorded. Null when there is none. */
export function compare(call: ScepCall, expectation: Expectation, request: CertificationRequest): Refusal | null {
  const differences = checkRequest(expectation, allowedDigests(call.profile.settings), request);
  const [first] = differences;
  return first === undefined ? null : refusal(first.code, { differences }, first.field);
}
