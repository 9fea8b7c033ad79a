/**
 * CA rollover, one step at a time. Each is one transaction with its event, taken once: asked again, it says that it is done,
 * so that whoever does not know whether the last attempt came through simply repeats it.
 */
import type { KeyKind, KeyPair } from '../../crypto/key-pair.ts';
import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { parseCertificate } from '../../formats/x509/certificate.ts';
import { sameBytes } from '../../lib/bytes.ts';
import { type Clock, hour, second } from '../../lib/clock.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import type { AuthorityStore } from '../authority-store.ts';
import type { CertificateId } from '../certificate.ts';
import type { CertificateStatuses } from '../certificate-status.ts';
import type { CertificateStore } from '../certificate-store.ts';
import type { AuthorityKeyKind } from '../create-authority.ts';
import type { CrlStore, PublishedCrl } from '../crl-store.ts';
import { hasKey } from '../has-key.ts';
import type { Authority, AuthorityId, Issuer, KeyId, Rollover } from '../issuer.ts';
import { issuingContext } from '../issuing-context.ts';
import type { KeyStore } from '../key-store.ts';
import { newOcspSigner } from '../ocsp-signer.ts';
import type { SignerFor } from '../open-signer.ts';
import { crlPublished, makeNextCrl } from '../publish-crl.ts';
import type { RevokedEntries } from '../revoked-entries.ts';
import { servesDevices } from '../serves-devices.ts';
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
  readonly certificates: Pick<CertificateStore, 'insert' | 'revoked'>;
  readonly revokedEntries: RevokedEntries;
  readonly statuses: Omit<CertificateStatuses, 'status'>;
  readonly crls: Pick<CrlStore, 'latestState' | 'publish' | 'awaited' | 'shown'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly transact: Transact;
  readonly signerFor: SignerFor;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly makeKey: (kind: KeyKind) => Promise<KeyPair>;
  readonly distribution: Distribution;
  /** Takes a key from where it signs, once it is removed. */
  readonly dropKey: (keyId: KeyId) => void;
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
      return finish(deps, facts, next, input);
  }
}

/** Of a certificate, from its making until it is stored, at the very longest. */
const longestIssuing = hour;
const attempts = 3;

/**
 * What the old issuer has to say for the rest of its life is signed; then, while nobody issues or revokes, the last look for
 * live certificates, and its key goes. A revocation that came in between is on no list yet: then all is signed anew.
 */
async function finish(deps: RolloverDeps, facts: RolloverFacts, next: Issuer, input: TakeRolloverStep): Promise<void> {
  const { authority, previous, now } = facts;
  for (let attempt = 1; ; attempt++) {
    const last = await lastWords(deps, authority, previous, now);
    try {
      await record(deps, { ...authority, rollover: null }, input, next, { ended: previous.slug }, async () => {
        await deps.statuses.hold();
        if (await deps.statuses.anyLive(previous.id, now, now - longestIssuing)) throw overtaken(previous);
        await storeLastWords(deps, previous, last, input.cause);
        await deps.keys.forget(previous.keyId);
      });
      return deps.dropKey(previous.keyId);
    } catch (error) {
      if (attempt === attempts || !isFailure(error, overtakenCode)) throw error;
    }
  }
}

type LastWords = {
  readonly crls: readonly PublishedCrl[];
  /** What these lists show for the first time. */
  readonly shown: ReadonlySet<CertificateId>;
  /** Null: no revoked certificate is left that anybody could ask about. */
  readonly signer: Awaited<ReturnType<typeof newOcspSigner>> | null;
};

/** Good until the issuer's end, and until that of its last revoked certificate: nobody signs another one. */
async function lastWords(deps: RolloverDeps, authority: Authority, issuer: Issuer, now: number): Promise<LastWords> {
  const { notAfter } = parseCertificate(issuer.certificate);
  if (notAfter <= now) return { crls: [], shown: new Set(), signer: null };
  const context = issuingContext(authority, issuer, await deps.signerFor(issuer));
  const shown = new Set<CertificateId>();
  const crls: PublishedCrl[] = [];
  // A second more than is left, as thisUpdate is cut to seconds; no list outlives its issuer.
  const lifetime = notAfter - now + second;
  for (let shard = 0; shard < issuer.shards; shard++) {
    // Before the list is read, as ever.
    for (const id of await deps.crls.awaited({ issuerId: issuer.id, shard })) shown.add(id);
    crls.push(await makeNextCrl(deps, context, { shard, lifetime }));
  }
  const until = await deps.statuses.lastRevokedEnd(issuer.id, now);
  return { crls, shown, signer: until === null ? null : await newOcspSigner({ ...deps, context, until }) };
}

async function storeLastWords(
  deps: RolloverDeps,
  issuer: Issuer,
  { crls, shown, signer }: LastWords,
  cause: Cause,
): Promise<void> {
  for (const crl of crls) {
    const awaited = await deps.crls.awaited(crl);
    if (awaited.some((id) => !shown.has(id)) || !(await deps.crls.publish(crl))) throw overtaken(issuer);
    await deps.crls.shown(awaited);
  }
  await deps.events.append(crls.map((crl) => crlPublished(crl, cause)));
  if (signer === null) return;
  await deps.keys.insert(signer.key);
  await deps.certificates.insert(signer.certificate);
}

const overtakenCode = 'rollover-overtaken';

function overtaken({ slug }: Issuer): Failure {
  const message = `A certificate of ${slug} was issued or revoked at this very moment. Look at the rollover, and repeat the step.`;
  return new Failure('conflict', overtakenCode, message, { issuer: slug });
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
    finished: rollover === null ? await lastFinished(deps, authority) : null,
    toDistribute: pending ? await deps.distribution.pending(previous, next) : [],
    previousInUse: rollover?.switchedAt != null && (await deps.statuses.anyLive(previous.id, now)),
    now,
  };
}

/** Whoever does not know whether the last step came through asks for it again. */
async function lastFinished({ authorities, keys }: RolloverDeps, authority: Authority): Promise<Issuer | null> {
  const left = (await authorities.issuers()).filter(
    (issuer) => issuer.authorityId === authority.id && issuer.id !== authority.activeIssuerId && servesDevices(issuer),
  );
  const last = left.toSorted((a, b) => a.createdAt - b.createdAt).at(-1);
  return last === undefined || (await hasKey(keys, last)) ? null : last;
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
