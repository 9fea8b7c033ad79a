/** The steps from one issuer to the next: what each would do, what was done, and what a step still lacks. */
import { parseCertificate } from '../../formats/x509/certificate.ts';
import { nameText } from '../../formats/x509/name-text.ts';
import { day, minute } from '../../lib/clock.ts';
import type { Authority, Issuer } from '../issuer.ts';

export const rolloverSteps = ['next', 'announce', 'distribute', 'switch', 'finish'] as const;
export type RolloverStep = (typeof rolloverSteps)[number];

/** After the switch: other servers learn of it within seconds, and end what they began before. */
export const settling = minute;

export type PlannedStep = {
  readonly step: RolloverStep;
  readonly state: 'done' | 'ready' | 'blocked';
  /** What it does, or did. */
  readonly detail: string;
  /** Why it cannot be taken, and what to do; null unless `blocked`. */
  readonly lacks: string | null;
};

export type RolloverFacts = {
  readonly authority: Authority;
  /** The one that a rollover would leave, or leaves. */
  readonly previous: Issuer;
  readonly next: Issuer | null;
  /** The end of the certificate above, if its key is here. */
  readonly rootUntil: number | null;
  /** Names of trusted certificate profiles that hold a certificate which will be replaced and have no successor yet. */
  readonly toDistribute: readonly string[];
  /** Outside of a rollover: the one that the last one finished. */
  readonly finished: Issuer | null;
  /** Whether a device still holds a live certificate of `previous`. */
  readonly previousInUse: boolean;
  readonly now: number;
};

export function rolloverPlan(facts: RolloverFacts): readonly PlannedStep[] {
  return [planNext(facts), planAnnounce(facts), planDistribute(facts), planSwitch(facts), planFinish(facts)];
}

function planNext({ authority, previous, next, rootUntil, now }: RolloverFacts): PlannedStep {
  if (next !== null) return done('next', `${next.slug} is made: ${describe(next)}.`);
  const detail = `Makes the key and certificate of ${nextSlug(authority, previous)}, with an RA below it and a first revocation list. Nobody uses it yet.`;
  if (rootUntil === null)
    return blocked(
      'next',
      detail,
      `The key of the certificate above ${previous.slug} is not in this installation, so nothing can be signed with it.`,
    );
  if (rootUntil - now < 2 * 365 * day)
    return blocked('next', detail, `The root ends on ${date(rootUntil)}: make a new authority in good time.`);
  return ready('next', detail);
}

function planAnnounce({ authority, next }: RolloverFacts): PlannedStep {
  const at = authority.rollover?.announcedAt ?? null;
  if (at !== null) return done('announce', `Announced on ${date(at)}: SCEP clients are told by GetNextCACert.`);
  const detail =
    'GetCACaps names GetNextCACert, which then answers with the next CA certificates, signed by the present issuer.';
  return next === null
    ? blocked('announce', detail, 'There is no next issuer yet: take the step `next`.')
    : ready('announce', detail);
}

function planDistribute({ authority, next, toDistribute }: RolloverFacts): PlannedStep {
  const at = authority.rollover?.distributedAt ?? null;
  if (at !== null) return done('distribute', `Distributed on ${date(at)}.`);
  const detail =
    next === null
      ? 'Makes a trusted certificate profile beside each that holds a certificate which will be replaced, for the same devices.'
      : toDistribute.length === 0
        ? 'Nothing to distribute: no trusted certificate profile holds a certificate that will be replaced; devices know the root.'
        : `Makes a trusted certificate profile with the next certificate beside each of: ${toDistribute.join(', ')}; for the same devices.`;
  return next === null
    ? blocked('distribute', detail, 'There is no next issuer yet: take the step `next`.')
    : ready('distribute', detail);
}

function planSwitch({ authority, previous, next }: RolloverFacts): PlannedStep {
  const { rollover } = authority;
  if (rollover !== null && rollover.switchedAt !== null)
    return done('switch', `Switched on ${date(rollover.switchedAt)}: new certificates are issued by ${next?.slug}.`);
  const detail = `New certificates and renewals are issued by ${next?.slug ?? 'the next issuer'}; ${previous.slug} goes on answering for its own (revocation lists, OCSP, GetCert, renewals signed by its certificates).`;
  if (rollover === null || next === null)
    return blocked('switch', detail, 'There is no next issuer yet: take the step `next`.');
  if (rollover.announcedAt === null)
    return blocked(
      'switch',
      detail,
      'The next issuer is not announced yet: take the step `announce`, and give devices time to ask.',
    );
  if (rollover.distributedAt === null)
    return blocked('switch', detail, 'Devices do not know its certificates yet: take the step `distribute`.');
  return ready('switch', detail);
}

function planFinish({ authority, previous, finished, previousInUse, now }: RolloverFacts): PlannedStep {
  if (finished !== null)
    return done('finish', `${finished.slug} is finished: it has signed its last, and its key is gone.`);
  const detail = `Publishes the last lists of ${previous.slug}, good until it ends, makes its last OCSP signer, removes its key, which then signs nothing any more, and ends the rollover.`;
  const switchedAt = authority.rollover?.switchedAt ?? null;
  if (switchedAt === null)
    return blocked('finish', detail, 'New certificates are not issued by the next issuer yet: take the step `switch`.');
  const settled = switchedAt + settling;
  if (now < settled)
    return blocked(
      'finish',
      detail,
      `Servers may still answer requests from before the switch: wait until ${new Date(settled).toISOString().slice(11, 19)} UTC.`,
    );
  if (previousInUse && parseCertificate(previous.certificate).notAfter > now)
    return blocked(
      'finish',
      detail,
      `Devices hold certificates of ${previous.slug} that have not ended. Wait, or have them re-issued and revoke what is left; it ends on ${date(parseCertificate(previous.certificate).notAfter)}.`,
    );
  return ready('finish', detail);
}

/** `main-g1` is followed by `main-g2`. */
export function nextSlug(authority: Pick<Authority, 'slug'>, { slug }: Pick<Issuer, 'slug'>): string {
  return `${authority.slug}-g${generationOf(slug) + 1}`;
}

export function generationOf(slug: string): number {
  return Number(/-g([1-9][0-9]*)$/.exec(slug)?.[1] ?? 1);
}

function describe({ certificate }: Issuer): string {
  const { subject, notAfter } = parseCertificate(certificate);
  return `${nameText(subject)}, until ${date(notAfter)}`;
}

function date(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function done(step: RolloverStep, detail: string): PlannedStep {
  return { step, state: 'done', detail, lacks: null };
}

function ready(step: RolloverStep, detail: string): PlannedStep {
  return { step, state: 'ready', detail, lacks: null };
}

function blocked(step: RolloverStep, detail: string, lacks: string): PlannedStep {
  return { step, state: 'blocked', detail, lacks };
}
