import { ignoresSha1 } from '../allowed-algorithms.ts';
import { nominalDays } from '../validity-period.ts';
import { keyRules } from './key-rules.ts';
import type { Problem, Rule, RuleSubject } from './rule.ts';
import { urlRules } from './url-rules.ts';

const validityPath = 'settings.certificateValidityPeriod';
const channelPath = 'settings.deploymentChannel';
const hashPath = 'settings.hashAlgorithm';

/** The rules on everything but names (intune-domain 1.6 to 1.14). */
export const settingRules: readonly Rule[] = [
  {
    code: 'V11',
    severity: 'error',
    title: 'A certificate is valid for some time',
    path: validityPath,
    fix: 'Write for example `1 year`, or `null`: the certificate template’s own period.',
    source: 'intune-domain 1.6',
    check: ({ settings: { certificateValidityPeriod: period } }) =>
      period !== null && period.value <= 0 ? [{ detail: 'A certificate cannot be valid for no time at all.' }] : [],
  },
  {
    code: 'V11',
    severity: 'warning',
    title: 'At most 24 months of validity',
    path: validityPath,
    fix: 'Choose 24 months at most.',
    source: 'intune-domain 1.6',
    check: ({ settings }) =>
      daysOf(settings) > nominalDays({ value: 24, unit: 'months' })
        ? [{ detail: 'More than 24 months is longer than comparable products allow.' }]
        : [],
  },
  {
    code: 'V11',
    severity: 'warning',
    title: 'At least 5 days of validity',
    path: validityPath,
    fix: 'Choose 5 days at least.',
    source: 'intune-domain 1.6',
    check: ({ settings }) => {
      const days = daysOf(settings);
      return days > 0 && days < 5
        ? [{ detail: 'With less than 5 days a device may take the certificate for expired.' }]
        : [];
    },
  },
  ...keyRules,
  {
    code: 'H1',
    severity: 'warning',
    title: 'SHA-1 protects nothing any more',
    path: hashPath,
    fix: 'Choose `sha2` alone, unless a device knows nothing else.',
    source: 'seed, hash algorithm: the strongest that the devices support',
    check: ({ settings }) =>
      'hashAlgorithm' in settings && settings.hashAlgorithm.includes('sha1') && !ignoresSha1(settings.platform)
        ? [{ detail: 'Requests signed with SHA-1 are accepted, and SHA-1 can be forged.' }]
        : [],
  },
  {
    code: 'H2',
    severity: 'information',
    title: 'Android Enterprise and AOSP always take the strongest hash algorithm',
    path: hashPath,
    fix: 'Nothing to mend; `sha2` alone says the same.',
    source: 'intune-domain 1.9',
    check: ({ settings }) =>
      'hashAlgorithm' in settings && settings.hashAlgorithm.includes('sha1') && ignoresSha1(settings.platform)
        ? [{ detail: 'These devices sign with SHA-2 whatever is chosen, and SHA-1 is not accepted from them.' }]
        : [],
  },
  {
    code: 'V14',
    severity: 'error',
    title: 'Renewal threshold from 1 to 99 percent',
    path: 'settings.renewalThreshold',
    fix: '20 is usual.',
    source: 'intune-domain 1.12',
    check: ({ settings: { renewalThreshold } }) =>
      Number.isInteger(renewalThreshold) && renewalThreshold >= 1 && renewalThreshold <= 99
        ? []
        : [{ detail: `${renewalThreshold} is outside 1 to 99.` }],
  },
  ...urlRules,
  {
    code: 'V18',
    severity: 'error',
    title: 'The user channel of macOS carries user certificates, and a profile keeps its channel',
    path: channelPath,
    fix: 'Choose the certificate type user, or the device channel; for another channel make a new profile.',
    source: 'intune-domain 1.3',
    check: ({ settings, facts }) => {
      if (settings.platform !== 'macos') return [];
      const problems: Problem[] = [];
      if (settings.deploymentChannel === 'user' && settings.certificateType === 'device')
        problems.push({
          detail: 'The user channel carries user certificates only.',
          fix: 'Choose the certificate type user, or the device channel.',
        });
      if (facts.previous?.platform === 'macos' && facts.previous.deploymentChannel !== settings.deploymentChannel)
        problems.push({
          detail: 'The deployment channel of a profile cannot change.',
          fix: 'Make a new profile.',
        });
      return problems;
    },
  },
  {
    code: 'V18',
    severity: 'warning',
    title: 'A macOS profile and its trusted certificate go through one channel',
    path: channelPath,
    fix: 'Use one channel for both.',
    source: 'intune-domain 1.14',
    check: ({ settings, facts }) => {
      if (settings.platform !== 'macos') return [];
      const root = facts.root?.deploymentChannel ?? settings.deploymentChannel;
      return root === settings.deploymentChannel
        ? []
        : [{ detail: `The trusted certificate profile goes through the ${root} channel.` }];
    },
  },
  {
    code: 'V18',
    severity: 'information',
    title: 'A user certificate on macOS belongs into the login keychain',
    path: channelPath,
    fix: 'Choose the user channel, unless the whole computer shall use the certificate.',
    source: 'intune-domain 1.3',
    check: ({ settings }) =>
      settings.platform === 'macos' && settings.certificateType === 'user' && settings.deploymentChannel === 'device'
        ? [{ detail: 'Through the device channel the user’s certificate lands in the system keychain.' }]
        : [],
  },
  {
    code: 'V23',
    severity: 'warning',
    title: 'Apple payloads carry no validity',
    path: validityPath,
    fix: 'Nothing to mend: this server applies the setting; another SCEP server has its template decide.',
    source: 'intune-domain 1.6',
    check: ({ settings }) =>
      (settings.platform === 'ios' || settings.platform === 'macos') && settings.certificateValidityPeriod !== null
        ? [{ detail: 'Apple devices do not ask for a validity period.' }]
        : [],
  },
];

/** 5 where the profile leaves the period open: within all limits. */
function daysOf({ certificateValidityPeriod: period }: RuleSubject['settings']): number {
  return period === null ? 5 : nominalDays(period);
}
