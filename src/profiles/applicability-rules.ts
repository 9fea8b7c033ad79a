/**
 * Which Windows 10 and later devices a profile is meant for, beyond its assignments: by edition, by version, or both, in
 * which case both must hold (intune-domain 4.5). At most one rule of each kind.
 */

/** Graph's `windows10EditionType`, without `notConfigured`. */
export const windowsEditions = [
  'windows10Enterprise',
  'windows10EnterpriseN',
  'windows10Education',
  'windows10EducationN',
  'windows10MobileEnterprise',
  'windows10HolographicEnterprise',
  'windows10Professional',
  'windows10ProfessionalN',
  'windows10ProfessionalEducation',
  'windows10ProfessionalEducationN',
  'windows10ProfessionalWorkstation',
  'windows10ProfessionalWorkstationN',
  'windows10Home',
  'windows10HomeChina',
  'windows10HomeN',
  'windows10HomeSingleLanguage',
  'windows10Mobile',
  'windows10IoTCore',
  'windows10IoTCoreCommercial',
] as const;

export type WindowsEdition = (typeof windowsEditions)[number];

/** “Assign profile if”, “Don't assign profile if”; Graph: include, exclude. */
export type ApplicabilityRuleType = 'assignIf' | 'dontAssignIf';

export type OsEditionRule = { readonly rule: ApplicabilityRuleType; readonly editions: readonly WindowsEdition[] };

/** Four numbers each, `10.0.19045.0`; both bounds belong to the range. */
export type OsVersionRule = {
  readonly rule: ApplicabilityRuleType;
  readonly minimum: string;
  readonly maximum: string;
};

/** One rule at least. */
export type ApplicabilityRules = { readonly osEdition?: OsEditionRule; readonly osVersion?: OsVersionRule };
