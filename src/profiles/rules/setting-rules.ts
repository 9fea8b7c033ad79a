import { nominalDays } from '../validity-period.ts';
import type { Problem, Rule, RuleSubject } from './rule.ts';

/** The rules on everything but names (intune-domain 1.6 to 1.14). */
export const settingRules: readonly Rule[] = [
  {
    code: 'V12',
    severity: 'error',
    title: 'At least one key usage',
    source: 'intune-domain 1.8',
    check: ({ settings }) =>
      settings.keyUsage.length > 0
        ? []
        : [
            {
              path: 'settings.keyUsage',
              detail: 'No key usage is chosen.',
              fix: 'Choose digitalSignature, keyEncipherment or both.',
            },
          ],
  },
  {
    code: 'V13',
    severity: 'error',
    title: 'Where Windows keeps keys of 4096 bits',
    source: 'intune-domain 1.7',
    check: ({ settings }) => {
      if (!('keyStorageProvider' in settings)) return [];
      const { keySize, keyStorageProvider, hashAlgorithm } = settings;
      if (keyStorageProvider === 'passportOtherwiseFail') {
        const problems: Problem[] = [];
        if (keySize !== 2048)
          problems.push({
            path: 'settings.keySize',
            detail: `Windows Hello for Business keeps keys of 2048 bits only, not of ${keySize}.`,
            fix: 'Choose 2048.',
          });
        if (!hashAlgorithm.includes('sha2'))
          problems.push({
            path: 'settings.hashAlgorithm',
            detail: 'Windows Hello for Business needs SHA-2.',
            fix: 'Add sha2.',
          });
        return problems;
      }
      if (keySize !== 4096 || keyStorageProvider === 'software') return [];
      return [
        {
          path: 'settings.keySize',
          detail: 'A TPM does not keep keys of 4096 bits.',
          fix: 'Choose 2048, or the key storage provider software.',
        },
      ];
    },
  },
  {
    code: 'K1',
    severity: 'warning',
    title: 'Keys of at least 2048 bits',
    source: 'intune-domain 1.9',
    check: ({ settings }) =>
      settings.keySize === 1024
        ? [
            {
              path: 'settings.keySize',
              detail: 'Keys of 1024 bits can be broken, and many servers refuse them.',
              fix: 'Choose 2048.',
            },
          ]
        : [],
  },
  {
    code: 'V14',
    severity: 'error',
    title: 'Renewal threshold from 1 to 99 percent',
    source: 'intune-domain 1.12',
    check: ({ settings: { renewalThreshold } }) =>
      Number.isInteger(renewalThreshold) && renewalThreshold >= 1 && renewalThreshold <= 99
        ? []
        : [
            {
              path: 'settings.renewalThreshold',
              detail: `${renewalThreshold} is outside 1 to 99.`,
              fix: '20 is usual.',
            },
          ],
  },
  {
    code: 'V15',
    severity: 'error',
    title: 'SCEP server URLs are absolute; https on Android',
    source: 'intune-domain 1.13',
    check: ({ settings }) =>
      settings.scepServerUrls.flatMap((url, i) => urlProblems(url, `settings.scepServerUrls.${i}`, settings)),
  },
  {
    code: 'V17',
    severity: 'error',
    title: 'At least one extended key usage',
    source: 'seed, extended key usage',
    check: ({ settings }) =>
      settings.extendedKeyUsages.length > 0
        ? []
        : [
            {
              path: 'settings.extendedKeyUsages',
              detail: 'The certificate would be good for no purpose that it names; this authority does not issue such.',
              fix: 'Add Client Authentication.',
            },
          ],
  },
  {
    code: 'V18',
    severity: 'error',
    title: 'Deployment channel on macOS',
    source: 'intune-domain 1.3',
    check: ({ settings, facts }) => {
      if (settings.platform !== 'macos') return [];
      const path = 'settings.deploymentChannel';
      const problems: Problem[] = [];
      if (settings.deploymentChannel === 'user' && settings.certificateType === 'device')
        problems.push({
          path,
          detail: 'The user channel carries user certificates only.',
          fix: 'Choose the certificate type user, or the device channel.',
        });
      if (facts.previous?.platform === 'macos' && facts.previous.deploymentChannel !== settings.deploymentChannel)
        problems.push({
          path,
          detail: 'The deployment channel of a profile cannot change.',
          fix: 'Make a new profile.',
        });
      const root = facts.root?.deploymentChannel ?? settings.deploymentChannel;
      if (root !== settings.deploymentChannel)
        problems.push({
          path,
          severity: 'warning',
          detail: `The trusted certificate profile goes through the ${root} channel.`,
          fix: 'Use one channel for both.',
        });
      return problems;
    },
  },
  {
    code: 'V23',
    severity: 'warning',
    title: 'Apple payloads carry no validity',
    source: 'intune-domain 1.6',
    check: ({ settings }) =>
      (settings.platform === 'ios' || settings.platform === 'macos') && settings.certificateValidityPeriod !== null
        ? [
            {
              path: 'settings.certificateValidityPeriod',
              detail:
                'Apple devices do not ask for a validity period: this server applies the setting, another SCEP server uses its template’s.',
            },
          ]
        : [],
  },
  {
    code: 'V11',
    severity: 'error',
    title: 'Certificate validity period within its limits',
    source: 'intune-domain 1.6',
    check: validityProblems,
  },
];

function validityProblems({ settings: { certificateValidityPeriod: period } }: RuleSubject): Problem[] {
  const path = 'settings.certificateValidityPeriod';
  if (period === null) return [];
  if (period.value <= 0) return [{ path, detail: 'A certificate cannot be valid for no time at all.' }];
  const days = nominalDays(period);
  if (days > nominalDays({ value: 24, unit: 'months' }))
    return [
      {
        path,
        severity: 'warning',
        detail: 'More than 24 months is longer than comparable products allow.',
        fix: 'Choose 24 months at most.',
      },
    ];
  if (days >= 5) return [];
  return [
    {
      path,
      severity: 'warning',
      detail: 'With less than 5 days a device may take the certificate for expired.',
      fix: 'Choose 5 days at least.',
    },
  ];
}

const httpsOnly: readonly string[] = [
  'androidDeviceAdministrator',
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
];

function urlProblems(text: string, path: string, { platform }: RuleSubject['settings']): Problem[] {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || !/^https?:\/\//i.test(text))
    return [
      {
        path,
        detail: `“${text}” is not an absolute http or https address.`,
        fix: 'Write for example https://scep.contoso.com/scep/wifi.',
      },
    ];
  if (url.username !== '' || url.password !== '')
    return [
      {
        path,
        detail: 'An address with a user name or password in it would give them to every device.',
        fix: 'Remove them.',
      },
    ];
  if (url.hash !== '')
    return [{ path, detail: 'A SCEP address has no fragment.', fix: 'Remove what follows the number sign.' }];
  if (url.protocol === 'https:' || !httpsOnly.includes(platform)) return [];
  if (isLoopback(url.hostname))
    return [
      {
        path,
        severity: 'warning',
        detail: 'Android asks for https; over http only this machine itself is reached.',
        fix: 'Use https before real devices get the profile.',
      },
    ];
  return [
    { path, detail: `${platform} devices take https addresses only.`, fix: `Write https:// in place of http://.` },
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
