/**
 * CA rollover, one step at a time. Each is one transaction with its event, taken once: asked again, it says that it is done,
 * so that whoever does not know whether the last attempt came through simply repeats it.
 */
import type { KeyKind, KeyPair } from '../../crypto/key-pair.ts';
import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { parseCertificate } from '../../formats/x509/certificate.ts';
import type { Bound } from '../../lib/bound.ts';
import { sameBytes } from '../../lib/bytes.ts';
import { type Clock, second } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import type { AuthorityStore } from '../authority-store.ts';
import type { CertificateStatuses } from '../certificate-status.ts';
import type { CertificateStore } from '../certificate-store.ts';
import type { AuthorityKeyKind } from '../create-authority.ts';
import type { CrlStore } from '../crl-store.ts';
import type { Authority, AuthorityId, Issuer, Rollover } from '../issuer.ts';
import type { KeyStore } from '../key-store.ts';
import type { SignerFor } from '../open-signer.ts';
import type { publishCrl } from '../publish-crl.ts';
import { makeNextIssuer } from './make-next-issuer.ts';
import { type PlannedStep, type RolloverFacts, type RolloverStep, rolloverPlan } from './rollover-plan.ts';

/** Trusted certificate profiles, which are no business of the authority's. */
export type Distribution = {
  /** Names of profiles that hold a certificate of `previous` that `next` replaces, and have no successor. */
  pending(previous: Issuer, next: Issuer): Promise<readonly string[]>;
  /** Makes the successors; gives back their names. May be called again after it broke off. */
  carryOut(previous: Issuer, next: Issuer, cause: Cause): Promise<readonly string[]>;
};

export type RolloverDeps = {
  readonly authorities: AuthorityStore;
  readonly keys: KeyStore;
  readonly certificates: Pick<CertificateStore, 'insert'>;
  readonly statuses: Pick<CertificateStatuses, 'anyLive'>;
  readonly crls: Pick<CrlStore, 'publish'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly transact: Transact;
  readonly signerFor: SignerFor;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly makeKey: (kind: KeyKind) => Promise<KeyPair>;
  readonly distribution: Distribution;
  readonly publishCrl: Bound<typeof publishCrl>;
};

export type TakeRolloverStep = {
  readonly authorityId: AuthorityId;
  readonly step: RolloverStep;
  /** Of the next issuer; default: of the same kind as before. */
  readonly key?: AuthorityKeyKind;
  /** Default 10; never beyond the root. */
  readonly years?: number;
  readonly cause: Cause;
};

/** Where the rollover of this authority stands. Throws `Failure` `authority-unknown`. */
export async function showRollover(deps: RolloverDeps, authorityId: AuthorityId): Promise<readonly PlannedStep[]> {
  return rolloverPlan(await gatherFacts(deps, authorityId));
}

/**
 * Takes one step and gives back where the rollover stands then. A step that was taken is left alone. Throws `Failure`
 * `authority-unknown`, `rollover-blocked` with what it lacks, `authority-version` when somebody else changed the authority.
 */
export async function takeRolloverStep(deps: RolloverDeps, input: TakeRolloverStep): Promise<readonly PlannedStep[]> {
  const facts = await gatherFacts(deps, input.authorityId);
  const planned = rolloverPlan(facts).find(({ step }) => step === input.step);
  if (planned?.state === 'blocked')
    throw new Failure('conflict', 'rollover-blocked', planned.lacks ?? 'This step cannot be taken yet.', {
      step: input.step,
      authority: facts.authority.slug,
    });
  if (planned?.state === 'ready') await take(deps, facts, input);
  return showRollover(deps, input.authorityId);
}

async function take(deps: RolloverDeps, facts: RolloverFacts, input: TakeRolloverStep): Promise<void> {
  const { authority, previous, next, now } = facts;
  const { rollover } = authority;
  if (input.step === 'next') return takeNext(deps, facts, input);
  if (rollover === null || next === null)
    throw new Error(`The rollover step ${input.step} was ready without a next issuer.`);
  switch (input.step) {
    case 'announce':
      return record(deps, { ...authority, rollover: { ...rollover, announcedAt: now } }, input, next, {});
    case 'distribute': {
      const profiles = await deps.distribution.carryOut(previous, next, input.cause);
      return record(deps, { ...authority, rollover: { ...rollover, distributedAt: now } }, input, next, { profiles });
    }
    case 'switch': {
      const switched: Authority = {
        ...authority,
        activeIssuerId: next.id,
        rollover: { ...rollover, switchedAt: now },
      };
      return record(deps, switched, input, next, { from: previous.slug });
    }
    case 'finish':
      await publishLastCrls(deps, previous, now, input.cause);
      return record(deps, { ...authority, rollover: null }, input, next, { ended: previous.slug }, () =>
        deps.keys.forget(previous.keyId),
      );
  }
}

/** Good until the issuer's end: nobody signs another one. */
async function publishLastCrls(deps: RolloverDeps, { id, certificate, shards }: Issuer, now: number, cause: Cause) {
  const { notAfter } = parseCertificate(certificate);
  if (notAfter <= now) return;
  // A second more than is left, as thisUpdate is cut to seconds; no list outlives its issuer.
  const lifetime = notAfter - now + second;
  for (let shard = 0; shard < shards; shard++) await deps.publishCrl({ issuerId: id, shard, lifetime, cause });
}

async function takeNext(
  deps: RolloverDeps,
  { authority, previous }: RolloverFacts,
  input: TakeRolloverStep,
): Promise<void> {
  const root = await rootAbove(deps, previous);
  if (root === null) throw new Error('The rollover step next was ready without a root.');
  const { key = keyKindOf(previous), years = 10 } = input;
  const made = await makeNextIssuer(deps, { authority, previous, root, key, years });
  const rollover: Rollover = {
    previousIssuerId: previous.id,
    nextIssuerId: made.issuer.id,
    announcedAt: null,
    distributedAt: null,
    switchedAt: null,
  };
  const { notAfter } = parseCertificate(made.issuer.certificate);
  await record(deps, { ...authority, rollover }, input, made.issuer, { notAfter }, async () => {
    for (const each of made.keys) await deps.keys.insert(each);
    await deps.authorities.saveIssuer(made.issuer);
    for (const each of made.certificates) await deps.certificates.insert(each);
    for (const each of made.crls) await deps.crls.publish(each);
  });
}

/** The authority as it is from now on, with whatever belongs to it, and the event. */
async function record(
  deps: RolloverDeps,
  authority: Authority,
  { step, cause }: TakeRolloverStep,
  next: Issuer,
  data: Readonly<Record<string, unknown>>,
  also: () => Promise<void> = async () => {},
): Promise<void> {
  await deps.transact(async () => {
    await also();
    const version = authority.version + 1;
    if (!(await deps.authorities.save({ ...authority, version })))
      throw new Failure(
        'precondition',
        'authority-version',
        'Somebody else has changed the authority meanwhile: look at it and repeat the step.',
        { authority: authority.slug },
      );
    await deps.events.append([
      {
        type: 'authority.rollover',
        cause,
        subjects: [{ kind: 'issuer', id: next.id }],
        data: { authority: authority.slug, step, issuer: next.slug, ...data },
      },
    ]);
  });
}

async function gatherFacts(deps: RolloverDeps, authorityId: AuthorityId): Promise<RolloverFacts> {
  const authority = await deps.authorities.get(authorityId);
  if (authority === null) throw new Failure('not-found', 'authority-unknown', 'There is no such authority.');
  const { rollover, activeIssuerId } = authority;
  const now = deps.clock.now();
  const previous = await deps.authorities.getIssuer(rollover?.previousIssuerId ?? activeIssuerId);
  const next = rollover === null ? null : await deps.authorities.getIssuer(rollover.nextIssuerId);
  if (previous === null) throw new Error(`The authority ${authority.slug} has no issuer.`);
  const root = await rootAbove(deps, previous);
  const pending = next !== null && rollover?.distributedAt === null;
  return {
    authority,
    previous,
    next,
    rootUntil: root === null ? null : parseCertificate(root.certificate).notAfter,
    toDistribute: pending ? await deps.distribution.pending(previous, next) : [],
    previousInUse: rollover?.switchedAt != null && (await deps.statuses.anyLive(previous.id, now)),
    now,
  };
}

/** The certificate that signed this issuer's, if it and its key are here. */
async function rootAbove({ authorities, keys }: RolloverDeps, { chain }: Issuer): Promise<Issuer | null> {
  const [above] = chain;
  if (above === undefined) return null;
  const root = (await authorities.issuers()).find(({ certificate }) => sameBytes(certificate, above));
  const key = root === undefined ? null : await keys.get(root.keyId);
  return root === undefined || key === null || key.sealed === null ? null : root;
}

function keyKindOf({ certificate }: Issuer): AuthorityKeyKind {
  const { publicKey } = parseCertificate(certificate);
  if (publicKey.kind === 'ec') return publicKey.curve === 'P-384' ? 'p-384' : 'p-256';
  const bits = publicKey.kind === 'rsa' ? publicKey.bits : 2048;
  return bits >= 4096 ? 'rsa-4096' : bits >= 3072 ? 'rsa-3072' : 'rsa-2048';
}
