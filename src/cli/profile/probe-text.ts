import { facts, when } from '../show.ts';
import { printable } from '../table.ts';

export type ProbeView = {
  readonly profile: string;
  readonly urls: readonly {
    readonly url: string;
    readonly outcome: string;
    readonly address: string | null;
    readonly milliseconds: number;
    readonly tls: { readonly trusted: boolean; readonly protocol: string } | null;
    readonly capabilities: readonly string[] | null;
    readonly certificates: readonly { readonly subject: string; readonly notAfter: number }[] | null;
    readonly chain: { readonly verdict: string; readonly detail: string } | null;
    readonly findings: readonly { readonly code: string; readonly severity: string; readonly detail: string }[];
  }[];
};

const said: Readonly<Record<string, string>> = {
  own: 'this server itself: nothing was asked',
  answered: 'answers as a SCEP server',
  'no-scep': 'answers, but not as a SCEP server',
  failed: 'no answer',
  'not-probed': 'not asked',
};

export function probeText({ urls }: ProbeView): string {
  if (urls.length === 0) return 'The profile names no SCEP server URL: its devices come to this server.';
  return urls
    .map((each) => {
      const { url, address, tls, capabilities, certificates, chain } = each;
      const told = facts({
        outcome: said[each.outcome] ?? each.outcome,
        address: address === null ? null : `${address}, ${each.milliseconds} ms`,
        TLS: tls === null ? null : `${tls.protocol}, ${tls.trusted ? 'trusted' : 'not trusted'}`,
        capabilities,
        certificates: certificates?.map(({ subject, notAfter }) => `${subject} (until ${when(notAfter)})`),
        chain: chain?.detail,
      });
      const findings = each.findings.map(({ severity, code, detail }) => printable(`${severity} ${code}: ${detail}`));
      return [printable(url), told, ...findings].join('\n');
    })
    .join('\n\n');
}

/** Something that devices would stumble over. */
export function hasProbeErrors({ urls }: ProbeView): boolean {
  return urls.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
}
