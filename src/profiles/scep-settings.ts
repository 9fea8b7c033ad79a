/**
 * The settings of a SCEP certificate profile (intune-domain 1.2): one type per platform, so that a setting which a
 * platform lacks does not exist in its type.
 */
import type { ApplicabilityRules } from './applicability-rules.ts';
import type { ProfileId } from './profile-id.ts';
import type { RemovalOverrides } from './removal-rule.ts';

export type CertificateType = 'user' | 'device';
export type SubjectAlternativeNameType = 'email' | 'upn' | 'dns' | 'uri' | 'ip';
export type KeyUsage = 'digitalSignature' | 'keyEncipherment';
export type KeySize = 1024 | 2048 | 3072 | 4096;
export type HashAlgorithm = 'sha1' | 'sha2';
export type ValidityPeriod = { readonly value: number; readonly unit: 'days' | 'months' | 'years' };
export type ExtendedKeyUsage = { readonly name: string; readonly oid: string };

/** `value` is a template: text with `{{Variables}}`. `ip` exists on Linux alone. */
export type SubjectAlternativeNameRow = { readonly type: SubjectAlternativeNameType; readonly value: string };

/** How our own server treats requests of this profile; none of it reaches a device. */
export type ServerOptions = {
  /** Slug of the authority that issues; null: the default one. */
  readonly authority: string | null;
  /** Name of the authority's certificate template. */
  readonly certificateTemplate: string;
  /** Minutes; default 60. */
  readonly challengeLifetime: number;
  /** `manual`: every issuance waits for an administrator (SCEP PENDING). */
  readonly approval: 'automatic' | 'manual';
  /** 3DES; single DES (as 3DES with a repeated key) only for clients that know nothing else. */
  readonly ciphers: { readonly tripleDes: boolean; readonly singleDes: boolean };
  readonly renewal: {
    /** Whether RenewalReq is answered at all. */
    readonly byCertificate: boolean;
    readonly sameKey: boolean;
    /** `threshold`: only once the renewal threshold has been reached. */
    readonly window: 'always' | 'threshold';
    /** Percent of what is left at the threshold, over which the renewals of all devices are spread, 0..75. */
    readonly spread: number;
  };
  /**
   * What becomes of an issued certificate when the directory would fill it in differently: replaced at once, at its renewal,
   * or never (until the profile is edited).
   */
  readonly directoryChanges: 'reissueNow' | 'atRenewal' | 'never';
  /** What becomes of a certificate once the device has its successor: it ends by itself, or is revoked after so many days. */
  readonly supersededCertificates: { readonly action: 'leave' | 'revoke'; readonly afterDays: number };
  /** What GetCACert answers: the RA certificate and the issuer, with or without the rest of the chain up to the root. */
  readonly caCertificates: 'issuer' | 'chain';
  /** Whether a SUCCESS carries the issuer beside the new certificate. */
  readonly issuerInReply: boolean;
  /** Whether what a device says of itself may fill a variable that the directory leaves empty. */
  readonly reportedFacts: 'never' | 'whenMissing';
  /** What happens when a deployment ends, where it is not what `removalTable` says. */
  readonly removal: RemovalOverrides;
  /** Adds 1.3.6.1.4.1.311.25.2 from the directory's security identifier. */
  readonly securityIdentifierExtension: boolean;
};

type CommonScepSettings = {
  readonly certificateType: CertificateType;
  /** A template in the CertStrToName grammar. */
  readonly subjectNameFormat: string;
  readonly subjectAlternativeNames: readonly SubjectAlternativeNameRow[];
  /** Null: as long as the certificate template says. */
  readonly certificateValidityPeriod: ValidityPeriod | null;
  readonly keyUsage: readonly KeyUsage[];
  readonly keySize: KeySize;
  /** The trusted certificate profile, of the same platform. */
  readonly rootCertificate: ProfileId;
  readonly extendedKeyUsages: readonly ExtendedKeyUsage[];
  /** Percent of the lifetime that remains when renewal starts, 1..99. */
  readonly renewalThreshold: number;
  /** Absolute; empty: this server's own address. */
  readonly scepServerUrls: readonly string[];
  readonly server: ServerOptions;
};

type WithHash = { readonly hashAlgorithm: readonly HashAlgorithm[] };
type AppAccess = {
  readonly certificateAccess:
    | { readonly mode: 'userApproval' }
    | { readonly mode: 'specificApps'; readonly apps: readonly string[] };
};
type KeyStorageProvider = 'tpmOtherwiseSoftware' | 'tpmOtherwiseFail' | 'software';

export type ScepSettings = CommonScepSettings &
  (
    | ({ readonly platform: 'androidDeviceAdministrator' } & WithHash)
    | ({ readonly platform: 'androidEnterpriseCorporate' } & WithHash & AppAccess)
    | ({ readonly platform: 'androidEnterprisePersonal' } & WithHash)
    | ({ readonly platform: 'androidOpenSource' } & WithHash)
    | { readonly platform: 'ios' }
    | { readonly platform: 'macos'; readonly deploymentChannel: 'device' | 'user' }
    | ({ readonly platform: 'windows81'; readonly keyStorageProvider: KeyStorageProvider } & WithHash)
    | ({
        readonly platform: 'windows10';
        /** Passport, now Windows Hello for Business, came with Windows 10. */
        readonly keyStorageProvider: KeyStorageProvider | 'passportOtherwiseFail';
        readonly applicabilityRules?: ApplicabilityRules;
      } & WithHash)
    | ({ readonly platform: 'linux'; readonly keyStorage: 'pem' | 'pkcs11' | 'tpm' } & WithHash & AppAccess)
  );
