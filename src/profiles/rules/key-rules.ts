import type { Problem, Rule } from './rule.ts';

const sizePath = 'settings.keySize';

/** The rules on the key and what it may do (intune-domain 1.7 to 1.9). */
export const keyRules: readonly Rule[] = [
  {
    code: 'V12',
    severity: 'error',
    title: 'At least one key usage',
    path: 'settings.keyUsage',
    fix: 'Choose `digitalSignature`, `keyEncipherment` or both.',
    source: 'intune-domain 1.8',
    check: ({ settings }) => (settings.keyUsage.length > 0 ? [] : [{ detail: 'No key usage is chosen.' }]),
  },
  {
    code: 'V13',
    severity: 'error',
    title: 'Windows keeps keys of 4096 bits in software only',
    path: sizePath,
    fix: 'Choose 2048, or the key storage provider `software`.',
    source: 'intune-domain 1.7',
    check: ({ settings }) =>
      'keyStorageProvider' in settings &&
      settings.keySize === 4096 &&
      settings.keyStorageProvider !== 'software' &&
      settings.keyStorageProvider !== 'passportOtherwiseFail'
        ? [{ detail: 'A TPM does not keep keys of 4096 bits.' }]
        : [],
  },
  {
    code: 'V13',
    severity: 'error',
    title: 'Windows Hello for Business keeps keys of 2048 bits with SHA-2',
    path: sizePath,
    fix: 'Choose 2048 and `sha2`, or another key storage provider.',
    source: 'intune-domain 1.7',
    check: ({ settings }) => {
      if (!('keyStorageProvider' in settings) || settings.keyStorageProvider !== 'passportOtherwiseFail') return [];
      const { keySize, hashAlgorithm } = settings;
      const problems: Problem[] = [];
      if (keySize !== 2048)
        problems.push({
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
    },
  },
  {
    code: 'K1',
    severity: 'warning',
    title: 'Keys of at least 2048 bits',
    path: sizePath,
    fix: 'Choose 2048.',
    source: 'intune-domain 1.9',
    check: ({ settings }) =>
      settings.keySize === 1024 ? [{ detail: 'Keys of 1024 bits can be broken, and many servers refuse them.' }] : [],
  },
  {
    code: 'K2',
    severity: 'information',
    title: 'Keys of 3072 bits are ours',
    path: sizePath,
    fix: 'Choose 2048 or 4096 where the profile must also suit other products.',
    source: 'intune-domain 1.9',
    check: ({ settings }) =>
      settings.keySize === 3072
        ? [{ detail: 'Comparable products know 1024, 2048 and 4096 bits: an export for them cannot say 3072.' }]
        : [],
  },
  {
    code: 'K3',
    severity: 'information',
    title: 'Key storage that our agent cannot do',
    path: 'settings.keyStorage',
    fix: 'Choose `pem` where devices run our agent.',
    source: 'docs/channels/agent.md',
    check: ({ settings }) =>
      'keyStorage' in settings && settings.keyStorage !== 'pem'
        ? [
            {
              detail: `The agent keeps keys in PEM files: on its devices nothing is requested, and the deployment fails with key-storage-unavailable. A SCEP client that keeps keys in ${settings.keyStorage === 'tpm' ? 'the TPM' : 'a PKCS#11 token'} can use this profile.`,
            },
          ]
        : [],
  },
  {
    code: 'K4',
    severity: 'information',
    title: 'Keys of 4096 bits need iOS 14 or macOS 11',
    path: sizePath,
    fix: 'Choose 2048 where older devices are in reach.',
    source: 'intune-domain 1.9',
    check: ({ settings }) =>
      settings.keySize === 4096 && (settings.platform === 'ios' || settings.platform === 'macos')
        ? [{ detail: 'iOS before 14 and macOS before 11 make no keys of 4096 bits.' }]
        : [],
  },
];
