import type { Finding } from '../finding.ts';
import type { ScepSettings } from '../scep-settings.ts';
import { subjectNameFormatText } from '../subject-name-format.ts';
import {
  alternativeNameTypes,
  hashAlgorithms,
  type keyStorageProviders,
  keyUsages,
  subjectNameFormats,
  writeFlags,
} from './graph-enumeration.ts';
import { notInGraph } from './graph-export.ts';
import type { GraphType } from './graph-type.ts';
import { keySizeNumbers, keyStorageProviderWords, rowTypeWords, wordFor } from './setting-words.ts';

type Properties = Readonly<Record<string, unknown>>;

/** The settings as Graph answers them: every property that the type has, null where nothing is configured. */
export function exportScepSettings(
  settings: ScepSettings,
  type: GraphType,
  ownScepAddress: string,
  findings: Finding[],
): Properties {
  const period = settings.certificateValidityPeriod;
  return {
    renewalThresholdPercentage: settings.renewalThreshold,
    ...exportSubject(settings, type),
    ...exportAlternativeNames(settings, type, findings),
    certificateValidityPeriodValue: period?.value ?? null,
    certificateValidityPeriodScale: period?.unit ?? null,
    extendedKeyUsages: settings.extendedKeyUsages.map(({ name, oid }) => ({ name, objectIdentifier: oid })),
    keyUsage: writeFlags(settings.keyUsage, keyUsages),
    keySize: exportKeySize(settings, findings),
    scepServerUrls: exportAddresses(settings, ownScepAddress, findings),
    ...exportPlatformSettings(settings, type, findings),
  };
}

/** Android device administrator still has the choices of old, and no custom rows (intune-domain 1.2). */
function isLegacy({ properties }: GraphType): boolean {
  return !properties.includes('customSubjectAlternativeNames');
}

function exportSubject({ subjectNameFormat, certificateType }: ScepSettings, type: GraphType): Properties {
  const words = Object.keys(subjectNameFormats).filter((word) => word !== 'custom');
  const word = words.find((each) => subjectNameFormatText(each, certificateType) === subjectNameFormat);
  return isLegacy(type) && word !== undefined
    ? { subjectNameFormat: word, subjectNameFormatString: null }
    : { subjectNameFormat: 'custom', subjectNameFormatString: subjectNameFormat };
}

const implied: Readonly<Record<string, keyof typeof alternativeNameTypes>> = {
  'email {{emailaddress}}': 'emailAddress',
  'upn {{userprincipalname}}': 'userPrincipalName',
};

function exportAlternativeNames(settings: ScepSettings, type: GraphType, findings: Finding[]): Properties {
  const rows = settings.subjectAlternativeNames;
  const common = { subjectAlternativeNameFormatString: null };
  if (!isLegacy(type))
    return {
      ...common,
      subjectAlternativeNameType: null,
      customSubjectAlternativeNames: rows.flatMap(({ type, value }) => {
        const sanType = wordFor(rowTypeWords, type);
        return sanType === undefined ? [] : [{ sanType, name: value }];
      }),
    };
  const flags = rows.flatMap(({ type, value }, i) => {
    const flag = implied[`${type} ${value.trim().toLowerCase()}`];
    if (flag === undefined)
      notInGraph(findings, `settings.subjectAlternativeNames.${i}`, {
        detail: `For Android device administrator Graph knows the user’s e-mail address and principal name only, not ${type} “${value}”.`,
      });
    return flag === undefined ? [] : [flag];
  });
  return { ...common, subjectAlternativeNameType: writeFlags(flags, alternativeNameTypes) };
}

function exportKeySize({ keySize }: ScepSettings, findings: Finding[]): string | null {
  const word = wordFor(keySizeNumbers, keySize);
  if (word === undefined)
    notInGraph(findings, 'settings.keySize', {
      detail: `Graph knows no keys of ${keySize} bits; the property is null.`,
      fix: 'Choose 2048 or 4096.',
    });
  return word ?? null;
}

function exportAddresses({ scepServerUrls }: ScepSettings, own: string, findings: Finding[]): readonly string[] {
  if (scepServerUrls.length > 0) return scepServerUrls;
  notInGraph(findings, 'settings.scepServerUrls', {
    severity: 'information',
    detail: `The profile uses the address of its server; ${own} is written for it.`,
  });
  return [own];
}

function exportPlatformSettings(settings: ScepSettings, { properties }: GraphType, findings: Finding[]): Properties {
  const has = (name: string) => properties.includes(name);
  if (settings.platform === 'androidDeviceAdministrator' && settings.certificateType === 'device')
    notInGraph(findings, 'settings.certificateType', {
      detail: 'For Android device administrator Graph knows certificates of users only.',
    });
  return {
    ...(has('certificateStore') && { certificateStore: settings.certificateType === 'user' ? 'user' : 'machine' }),
    ...(has('hashAlgorithm') && {
      hashAlgorithm: 'hashAlgorithm' in settings ? writeFlags(settings.hashAlgorithm, hashAlgorithms) : null,
    }),
    ...('keyStorageProvider' in settings && {
      keyStorageProvider: wordFor(keyStorageProviderWords, settings.keyStorageProvider) satisfies
        | keyof typeof keyStorageProviders
        | undefined,
    }),
    ...(has('allowAllAppsAccess') && { allowAllAppsAccess: false }),
    ...('deploymentChannel' in settings && { deploymentChannel: `${settings.deploymentChannel}Channel` }),
    ...('certificateAccess' in settings && exportAccess(settings.certificateAccess)),
  };
}

function exportAccess(access: Extract<ScepSettings, { certificateAccess: unknown }>['certificateAccess']): Properties {
  const apps = access.mode === 'specificApps' ? access.apps : [];
  return {
    certificateAccessType: access.mode,
    silentCertificateAccessDetails: apps.map((packageId) => ({ packageId })),
  };
}
