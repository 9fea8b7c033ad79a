import type { Platform } from '../directory/platform.ts';
import type { ScepSettings } from './scep-settings.ts';

/** Where a device keeps what it enrolled for, in the words of its platform (intune-domain 1.3, 1.7). */
export type CertificatePlace = {
  /** The certificate store: `CurrentUser\My`. */
  readonly store: string;
  /** Where the key is kept, when that is a place of its own to choose; else null. */
  readonly key: string | null;
};

/** `slug` is the profile's; null while it has none. */
export function certificatePlace(settings: ScepSettings, slug: string | null): CertificatePlace {
  switch (settings.platform) {
    case 'windows81':
    case 'windows10':
      return {
        store: settings.certificateType === 'user' ? 'CurrentUser\\My' : 'LocalMachine\\My',
        key: windowsKeys[settings.keyStorageProvider],
      };
    case 'macos':
      return { store: settings.deploymentChannel === 'user' ? 'login keychain' : 'system keychain', key: null };
    case 'ios':
      return { store: 'keychain access group of the MDM profile', key: null };
    case 'linux':
      return linuxPlace(settings.keyStorage, slug ?? '<slug>');
    default:
      return { store: 'VPN and apps; also Wi-Fi, when a Wi-Fi profile refers to this one', key: null };
  }
}

const windowsKeys = {
  tpmOtherwiseSoftware: 'TPM if present, otherwise software',
  tpmOtherwiseFail: 'TPM, otherwise no certificate',
  passportOtherwiseFail: 'Windows Hello for Business, otherwise no certificate',
  software: 'software',
} as const;

/** The folder is the agent's. */
function linuxPlace(keyStorage: 'pem' | 'pkcs11' | 'tpm', slug: string): CertificatePlace {
  const folder = `certificates/${slug}`;
  const keys = { pem: `${folder}/key.pem`, pkcs11: 'PKCS#11 token', tpm: 'TPM' } as const;
  return { store: `${folder}/certificate.pem in the agent’s folder`, key: keys[keyStorage] };
}

/** What happens to a list of SCEP server URLs on its way (seed, “SCEP Server URLs”). */
export type UrlOrder =
  /** All, as written; the device shuffles them, and stays with the first that answers. */
  | 'device-shuffles'
  /** All, in a random order that the server draws; the device tries them in that order. */
  | 'server-shuffles'
  /** One of them, drawn by the server. */
  | 'one-at-random';

export function urlOrder(platform: Platform): UrlOrder {
  switch (platform) {
    case 'ios':
    case 'macos':
      return 'one-at-random';
    case 'windows81':
    case 'windows10':
      return 'server-shuffles';
    default:
      return 'device-shuffles';
  }
}
