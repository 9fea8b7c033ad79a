import type { ImpactEnd } from '../../lifecycle/impact.ts';
import { replacedText, ruleText } from '../rule-text.ts';
import { printable } from '../table.ts';

/** As the API tells it. */
export type ImpactView = {
  readonly profile: { readonly slug: string; readonly name: string; readonly kind: 'scep' | 'trustedCertificate' };
  readonly counts: Readonly<Record<Effect, number>>;
  /** Those of them that have a certificate now. */
  readonly certificates: Readonly<Record<Effect, number>>;
  readonly blocked: readonly {
    readonly code: string;
    readonly variable: string | null;
    readonly reason: string | null;
    readonly count: number;
  }[];
  readonly removals: readonly (ImpactEnd & { readonly count: number })[];
  readonly waits: boolean;
  readonly first: readonly ImpactItemView[];
};

export type ImpactItemView = {
  readonly effect: Effect;
  readonly device: { readonly deviceName: string };
  readonly user: { readonly userPrincipalName: string } | null;
  readonly problem: { readonly detail: string } | null;
};

type Effect = 'gain' | 'keep' | 'redeliver' | 'reissue' | 'remove' | 'revoke' | 'blocked';

/** Of a SCEP profile, by how many have a certificate now: all of them, none, or `held`. */
type ScepWords = { readonly all: string; readonly none: string; readonly some: (held: number) => string };

const says: Readonly<Record<Effect, { readonly scep: ScepWords; readonly trustedCertificate: string }>> = {
  gain: {
    scep: { all: 'gain a certificate', none: 'gain a certificate', some: () => 'gain a certificate' },
    trustedCertificate: 'gain it',
  },
  reissue: {
    scep: {
      all: 'fetch a new certificate',
      none: 'fetch a certificate (none has one yet)',
      some: (held) => `fetch a new certificate (${held} of them have one)`,
    },
    trustedCertificate: 'fetch it anew',
  },
  redeliver: {
    scep: {
      all: 'are told, and keep what they have',
      none: 'are told (none has a certificate yet)',
      some: (held) => `are told (${held} of them have a certificate, and keep it)`,
    },
    trustedCertificate: 'are given it anew',
  },
  keep: {
    scep: {
      all: 'keep theirs as it is',
      none: 'stay as they are (none has a certificate yet)',
      some: (held) => `stay as they are (${held} of them have a certificate, and keep it)`,
    },
    trustedCertificate: 'keep it as it is',
  },
  remove: {
    scep: {
      all: 'lose theirs, and it is not revoked',
      none: 'are to have none any more (none has one)',
      some: (held) => `are to have none any more (${held} of them lose theirs, and it is not revoked)`,
    },
    trustedCertificate: 'lose it',
  },
  revoke: {
    scep: {
      all: 'lose theirs, and it is revoked',
      none: 'are to have none any more (none has one)',
      some: (held) => `are to have none any more (${held} of them lose theirs, and it is revoked)`,
    },
    trustedCertificate: 'lose it',
  },
  blocked: {
    scep: {
      all: 'should have one and cannot; what they have stays until it ends',
      none: 'should have one and cannot (none has one yet)',
      some: (held) => `should have one and cannot (${held} of them have one, which stays until it ends)`,
    },
    trustedCertificate: 'should have it and cannot',
  },
};

const mostNames = 5;

/** A paragraph for each profile, a line for each effect with its first names, and what is in the way. */
export function impactText(profiles: readonly ImpactView[]): string {
  return profiles.map(profileText).join('\n');
}

function profileText(view: ImpactView): string {
  const { profile, counts, certificates, blocked, first } = view;
  const effects = (Object.keys(says) as Effect[]).filter((effect) => counts[effect] > 0);
  const width = Math.max(0, ...effects.map((effect) => String(counts[effect]).length));
  const sentence = (effect: Effect) =>
    profile.kind === 'scep'
      ? scepText(says[effect].scep, counts[effect], certificates[effect])
      : says[effect].trustedCertificate;
  const lines = effects.flatMap((effect) => {
    const names = first.filter((item) => item.effect === effect).map(nameOf);
    const shown = names.slice(0, mostNames).join(', ');
    const more = counts[effect] > mostNames && names.length > 0 ? ', …' : '';
    const list = shown === '' ? '' : `: ${shown}${more}`;
    const head = `  ${String(counts[effect]).padStart(width)} ${sentence(effect)}${list}`;
    return effect === 'blocked' ? [head, ...blocked.map(reasonText)] : [head];
  });
  const none = lines.length === 0 ? ['  no device is concerned'] : [];
  return [`${profile.slug} (${profile.name})`, ...lines, ...removalLines(view), ...none].map(printable).join('\n');
}

function removalLines({ profile, removals, waits }: ImpactView): string[] {
  const text = ({ rule, countedFrom }: ImpactEnd) => (countedFrom === 'change' ? ruleText(rule) : replacedText(rule));
  const rules =
    profile.kind === 'scep' ? removals.map((one) => `      ${one.count} ${one.occasion}: ${text(one)}`) : [];
  const waiting = '      They are so many that it waits until somebody confirms it: removal list';
  return waits ? [...rules, waiting] : rules;
}

function scepText({ all, none, some }: ScepWords, count: number, held: number): string {
  if (held === 0) return none;
  return held === count ? all : some(held);
}

function reasonText({ code, variable, count }: ImpactView['blocked'][number]): string {
  return `      ${count}: ${variable === null ? code : `{{${variable}}} has no value`}`;
}

function nameOf({ device, user }: ImpactItemView): string {
  return user === null ? device.deviceName : `${device.deviceName} (${user.userPrincipalName})`;
}
