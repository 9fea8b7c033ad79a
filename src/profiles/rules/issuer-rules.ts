import { day } from '../../lib/clock.ts';
import type { IssuerDescription } from '../issuer-facts.ts';
import { sameAuthority } from '../same-authority.ts';
import { nominalDays, validityEnd } from '../validity-period.ts';
import type { Problem, Rule, RuleSubject } from './rule.ts';

/** The rules that need to know who would issue. Silent while that is not known. */
export const issuerRules: readonly Rule[] = [
  {
    code: 'A1',
    severity: 'error',
    title: 'Authority and certificate template exist',
    source: 'issue 2, authority',
    check: ({ settings: { server }, facts }) =>
      facts.issuer === null
        ? [
            {
              path: 'server.certificateTemplate',
              detail: `There is no certificate template “${server.certificateTemplate}” at the ${server.authority === null ? 'default authority' : `authority “${server.authority}”`}.`,
            },
          ]
        : [],
  },
  {
    code: 'V11',
    severity: 'error',
    title: 'Certificate validity period at most the template’s, and below the issuer’s remaining life',
    source: 'seed, certificate validity period',
    check: withIssuer(validityProblems),
  },
  {
    code: 'A2',
    severity: 'error',
    title: 'The certificate template allows the key size',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) =>
      template.keySizes.includes(settings.keySize)
        ? []
        : [
            {
              path: 'settings.keySize',
              detail: `The certificate template “${template.name}” allows keys of ${template.keySizes.join(', ')} bits, not of ${settings.keySize}.`,
            },
          ],
    ),
  },
  {
    code: 'A3',
    severity: 'error',
    title: 'The certificate template allows the hash algorithm',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) => {
      const chosen = 'hashAlgorithm' in settings ? settings.hashAlgorithm : (['sha2'] as const);
      return chosen
        .filter((hash) => !template.hashAlgorithms.includes(hash))
        .map((hash) => ({
          path: 'settings.hashAlgorithm',
          detail: `The certificate template “${template.name}” does not allow ${hash}.`,
        }));
    }),
  },
  {
    code: 'A4',
    severity: 'error',
    title: 'The certificate template allows the key usage',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) =>
      settings.keyUsage
        .filter((usage) => !template.keyUsages.includes(usage))
        .map((usage) => ({
          path: 'settings.keyUsage',
          detail: `The certificate template “${template.name}” does not allow ${usage}.`,
        })),
    ),
  },
  {
    code: 'A5',
    severity: 'error',
    title: 'The certificate template allows the extended key usage',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) =>
      settings.extendedKeyUsages.flatMap(({ name, oid }, i) =>
        template.extendedKeyUsages === null || template.extendedKeyUsages.includes(oid)
          ? []
          : [
              {
                path: `settings.extendedKeyUsages.${i}`,
                detail: `The certificate template “${template.name}” does not allow ${name} (${oid}).`,
              },
            ],
      ),
    ),
  },
  {
    code: 'V16',
    severity: 'error',
    title: 'The root certificate is the issuer or above it',
    source: 'seed, root certificate',
    check: withIssuer(({ chain }, { settings, facts }) => {
      const root = facts.root?.certificate;
      if (root === undefined || chain.some((certificate) => sameAuthority(certificate, root))) return [];
      const foreign = settings.scepServerUrls.length > 0;
      return [
        {
          path: 'settings.rootCertificate',
          ...(foreign ? { severity: 'warning' as const } : {}),
          detail: `The trusted certificate is neither the issuer of this server nor above it${foreign ? '; that is right only if the SCEP server URLs lead to another authority' : ', so devices would not trust what they get'}.`,
          fix: 'Choose the trusted certificate profile with the root of the authority that issues.',
        },
      ];
    }),
  },
];

function withIssuer(check: (issuer: IssuerDescription, subject: RuleSubject) => Problem[]): Rule['check'] {
  return (subject) => (subject.facts.issuer ? check(subject.facts.issuer, subject) : []);
}

function validityProblems(issuer: IssuerDescription, { settings, facts }: RuleSubject): Problem[] {
  const path = 'settings.certificateValidityPeriod';
  const period = settings.certificateValidityPeriod;
  if (period === null) return [];
  const { template } = issuer;
  if (!template.profileMaySetValidity)
    return [
      {
        path,
        detail: `The certificate template “${template.name}” does not let a profile set the validity period.`,
        fix: 'Write null: the template’s own period holds.',
      },
    ];
  const days = nominalDays(period);
  if (days > template.maximumValidity)
    return [
      {
        path,
        detail: `${days} days are more than the ${template.maximumValidity} of the certificate template “${template.name}”.`,
      },
    ];
  const left = Math.floor((issuer.issuerNotAfter - facts.now) / day);
  if (validityEnd(facts.now, period) < issuer.issuerNotAfter) return [];
  return [
    {
      path,
      detail: `The issuer’s own certificate ends in ${left} days, before the period does.`,
      fix: 'Choose a shorter period, or roll the authority over.',
    },
  ];
}
