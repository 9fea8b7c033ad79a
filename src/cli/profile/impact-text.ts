import { printable } from '../table.ts';

/** As the API tells it. */
export type ImpactView = {
  readonly profile: { readonly slug: string; readonly name: string; readonly kind: 'scep' | 'trustedCertificate' };
  readonly counts: Readonly<Record<Effect, number>>;
  readonly blocked: readonly {
    readonly code: string;
    readonly variable: string | null;
    readonly reason: string | null;
    readonly count: number;
  }[];
  readonly first: readonly ImpactItemView[];
};

export type ImpactItemView = {
  readonly effect: Effect;
  readonly device: { readonly deviceName: string };
  readonly user: { readonly userPrincipalName: string } | null;
  readonly problem: { readonly detail: string } | null;
};

type Effect = 'gain' | 'keep' | 'redeliver' | 'reissue' | 'remove' | 'revoke' | 'blocked';

const says: Readonly<Record<Effect, { readonly scep: string; readonly trustedCertificate: string }>> = {
  gain: { scep: 'gain a certificate', trustedCertificate: 'gain it' },
  reissue: { scep: 'fetch a new certificate', trustedCertificate: 'fetch it anew' },
  redeliver: { scep: 'are told, and keep what they have', trustedCertificate: 'are given it anew' },
  keep: { scep: 'keep theirs as it is', trustedCertificate: 'keep it as it is' },
  remove: { scep: 'lose theirs; it is removed, not revoked', trustedCertificate: 'lose it' },
  revoke: { scep: 'lose theirs, and it is revoked', trustedCertificate: 'lose it' },
  blocked: {
    scep: 'should have one and cannot; what they have stays until it ends',
    trustedCertificate: 'should have it and cannot',
  },
};

const mostNames = 5;

/** A paragraph for each profile, a line for each effect with its first names, and what is in the way. */
export function impactText(profiles: readonly ImpactView[]): string {
  return profiles.map(profileText).join('\n');
}

function profileText({ profile, counts, blocked, first }: ImpactView): string {
  const effects = (Object.keys(says) as Effect[]).filter((effect) => counts[effect] > 0);
  const width = Math.max(0, ...effects.map((effect) => String(counts[effect]).length));
  const lines = effects.flatMap((effect) => {
    const names = first.filter((item) => item.effect === effect).map(nameOf);
    const shown = names.slice(0, mostNames).join(', ');
    const more = counts[effect] > mostNames && names.length > 0 ? ', …' : '';
    const list = shown === '' ? '' : `: ${shown}${more}`;
    const head = `  ${String(counts[effect]).padStart(width)} ${says[effect][profile.kind]}${list}`;
    return effect === 'blocked' ? [head, ...blocked.map(reasonText)] : [head];
  });
  const none = lines.length === 0 ? ['  no device is concerned'] : [];
  return [`${profile.slug} (${profile.name})`, ...lines, ...none].map(printable).join('\n');
}

function reasonText({ code, variable, count }: ImpactView['blocked'][number]): string {
  return `      ${count}: ${variable === null ? code : `{{${variable}}} has no value`}`;
}

function nameOf({ device, user }: ImpactItemView): string {
  return user === null ? device.deviceName : `${device.deviceName} (${user.userPrincipalName})`;
}
