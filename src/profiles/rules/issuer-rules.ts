import { day } from '../../lib/clock.ts';
import type { IssuerDescription } from '../issuer-facts.ts';
import { nominalDays, validityEnd } from '../validity-period.ts';
import type { Problem, Rule, RuleSubject } from './rule.ts';

const validityPath = 'settings.certificateValidityPeriod';

/** The rules that need to know who would issue. Silent while that is not known. */
export const issuerRules: readonly Rule[] = [
  {
    code: 'A1',
    severity: 'error',
    title: 'Authority and certificate template exist',
    path: 'server.certificateTemplate',
    fix: 'Choose one that `bin/scepward authority show` lists.',
    source: 'issue 2, authority',
    check: ({ settings: { server }, facts }) =>
      facts.issuer === null
        ? [
            {
              detail: `There is no certificate template “${server.certificateTemplate}” at the ${server.authority === null ? 'default authority' : `authority “${server.authority}”`}.`,
            },
          ]
        : [],
  },
  {
    code: 'V11',
    severity: 'error',
    title: 'Certificate validity period at most the template’s, and below the issuer’s remaining life',
    path: validityPath,
    fix: 'Choose a period that the certificate template and the issuer allow, or `null`: the template’s own.',
    source: 'seed, certificate validity period',
    check: withIssuer(validityProblems),
  },
  {
    code: 'A2',
    severity: 'error',
    title: 'The certificate template allows the key size',
    path: 'settings.keySize',
    fix: 'Choose what the template allows, or another template.',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) =>
      template.keySizes.includes(settings.keySize)
        ? []
        : [
            {
              detail: `The certificate template “${template.name}” allows keys of ${template.keySizes.join(', ')} bits, not of ${settings.keySize}.`,
            },
          ],
    ),
  },
  {
    code: 'A3',
    severity: 'error',
    title: 'The certificate template allows the hash algorithm',
    path: 'settings.hashAlgorithm',
    fix: 'Choose what the template allows, or another template.',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) => {
      const chosen = 'hashAlgorithm' in settings ? settings.hashAlgorithm : (['sha2'] as const);
      return chosen
        .filter((hash) => !template.hashAlgorithms.includes(hash))
        .map((hash) => ({
          detail: `The certificate template “${template.name}” does not allow ${hash}.`,
        }));
    }),
  },
  {
    code: 'A4',
    severity: 'error',
    title: 'The certificate template allows the key usage',
    path: 'settings.keyUsage',
    fix: 'Choose what the template allows, or another template.',
    source: 'issue 2, certificate templates',
    check: withIssuer(({ template }, { settings }) =>
      settings.keyUsage
        .filter((usage) => !template.keyUsages.includes(usage))
        .map((usage) => ({
          detail: `The certificate template “${template.name}” does not allow ${usage}.`,
        })),
    ),
  },
  {
    code: 'A5',
    severity: 'error',
    title: 'The certificate template allows the extended key usage',
    path: 'settings.extendedKeyUsages.*',
    fix: 'Choose what the template allows, or another template.',
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
];

export function withIssuer(check: (issuer: IssuerDescription, subject: RuleSubject) => Problem[]): Rule['check'] {
  return (subject) => (subject.facts.issuer ? check(subject.facts.issuer, subject) : []);
}

function validityProblems(issuer: IssuerDescription, { settings, facts }: RuleSubject): Problem[] {
  const period = settings.certificateValidityPeriod;
  if (period === null) return [];
  const { template } = issuer;
  if (!template.profileMaySetValidity)
    return [
      {
        detail: `The certificate template “${template.name}” does not let a profile set the validity period.`,
        fix: 'Write null: the template’s own period holds.',
      },
    ];
  const days = nominalDays(period);
  if (days > template.maximumValidity)
    return [
      {
        detail: `${days} days are more than the ${template.maximumValidity} of the certificate template “${template.name}”.`,
      },
    ];
  const left = Math.floor((issuer.issuerNotAfter - facts.now) / day);
  if (validityEnd(facts.now, period) < issuer.issuerNotAfter) return [];
  return [
    {
      detail: `The issuer’s own certificate ends in ${left} days, before the period does.`,
      fix: 'Choose a shorter period, or roll the authority over.',
    },
  ];
}
