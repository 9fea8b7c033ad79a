/** Our words for settings, and Graph's (intune-domain 6.5); used in both directions. */
import type { SubjectAlternativeNameType } from '../scep-settings.ts';
import type { destinationStores, keyStorageProviders } from './graph-enumeration.ts';

export const keyStorageProviderWords = {
  useTpmKspOtherwiseUseSoftwareKsp: 'tpmOtherwiseSoftware',
  useTpmKspOtherwiseFail: 'tpmOtherwiseFail',
  usePassportForWorkKspOtherwiseFail: 'passportOtherwiseFail',
  useSoftwareKsp: 'software',
} as const satisfies Record<keyof typeof keyStorageProviders, string>;

export const destinationStoreWords = {
  computerCertStoreRoot: 'computerRoot',
  computerCertStoreIntermediate: 'computerIntermediate',
  userCertStoreIntermediate: 'userIntermediate',
} as const satisfies Record<keyof typeof destinationStores, string>;

export const keySizeNumbers = { size1024: 1024, size2048: 2048, size4096: 4096 } as const;

export const rowTypeWords = {
  emailAddress: 'email',
  userPrincipalName: 'upn',
  domainNameService: 'dns',
  universalResourceIdentifier: 'uri',
} as const satisfies Record<string, SubjectAlternativeNameType>;

/** Graph's word for one of ours; undefined when there is none. */
export function wordFor<Word extends string>(words: Readonly<Record<Word, unknown>>, ours: unknown): Word | undefined {
  return (Object.keys(words) as Word[]).find((word) => words[word] === ours);
}
