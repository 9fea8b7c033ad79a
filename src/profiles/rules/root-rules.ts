import { sameAuthority } from '../same-authority.ts';
import { withIssuer } from './issuer-rules.ts';
import type { Rule, RuleSubject } from './rule.ts';

const path = 'settings.rootCertificate';

/** Whether devices that trust the root certificate believe the issuer that answers (intune-domain 1.11, V16). */
export const rootRules: readonly Rule[] = [
  {
    code: 'V16',
    severity: 'error',
    title: 'The root certificate is the issuer or above it',
    path,
    fix: 'Choose the trusted certificate profile, for the same platform, with the root of the authority that issues.',
    source: 'seed, root certificate',
    check: withIssuer(({ chain }, subject) =>
      isForeign(chain, subject) && subject.settings.scepServerUrls.length === 0
        ? [
            {
              detail:
                'The trusted certificate is neither the issuer of this server nor above it, so devices would not trust what they get.',
            },
          ]
        : [],
    ),
  },
  {
    code: 'V16',
    severity: 'warning',
    title: 'A root of another authority goes with SCEP server URLs of another authority',
    path,
    fix: 'Choose the trusted certificate profile with the root of the authority that issues; `profile probe` asks those servers who they are.',
    source: 'seed, root certificate',
    check: withIssuer(({ chain }, subject) =>
      isForeign(chain, subject) && subject.settings.scepServerUrls.length > 0
        ? [
            {
              detail:
                'The trusted certificate is neither the issuer of this server nor above it; that is right only if the SCEP server URLs lead to another authority.',
            },
          ]
        : [],
    ),
  },
  {
    code: 'V16',
    severity: 'warning',
    title: 'Windows finds the root certificate in what GetCACert answers',
    path,
    fix: 'Set `server.caCertificates` to `chain`, or choose the trusted certificate profile of the issuer.',
    source: 'intune-domain 1.11, CAThumbprint',
    check: withIssuer(({ chain }, subject) => {
      const { platform, server } = subject.settings;
      const windows = platform === 'windows10' || platform === 'windows81';
      return windows && server.caCertificates === 'issuer' && place(chain, subject) > 0
        ? [{ detail: 'Windows looks for this certificate among those of GetCACert, which leaves it out here.' }]
        : [];
    }),
  },
  {
    code: 'V16',
    severity: 'information',
    title: 'The issuer’s certificate and those above it, up to the root, serve alike',
    path,
    fix: null,
    source: 'intune-domain 1.11, 1.15; seed, root certificate',
    check: withIssuer(({ chain }, subject) => {
      const at = place(chain, subject);
      if (at < 0 || chain.length < 2) return [];
      const which =
        at === 0
          ? 'the issuing CA'
          : at === chain.length - 1
            ? 'the root'
            : 'a CA between the issuing one and the root';
      return [
        {
          detail: `The trusted certificate is that of ${which}. Older guides ask for the CA that issues, newer ones for the root above it; either lets a device follow the chain of this server’s authority.`,
        },
      ];
    }),
  },
];

function isForeign(chain: readonly Uint8Array[], subject: RuleSubject): boolean {
  return subject.facts.root !== undefined && place(chain, subject) < 0;
}

/** Of the referenced certificate in the chain: 0 the issuer, the last the root; -1 not in it, or not known. */
function place(chain: readonly Uint8Array[], { facts }: RuleSubject): number {
  const root = facts.root?.certificate;
  return root === undefined ? -1 : chain.findIndex((certificate) => sameAuthority(certificate, root));
}
