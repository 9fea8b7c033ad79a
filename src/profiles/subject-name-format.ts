import type { CertificateType } from './scep-settings.ts';

/** Intune's defaults (intune-domain 1.3): what “Not configured” stands for. */
export const defaultSubjectNameFormat: Readonly<Record<CertificateType, string>> = {
  user: 'CN={{UserName}},E={{EmailAddress}}',
  device: 'CN={{AAD_Device_ID}}',
};

/** The seed's dropdown, by its words and by Graph's, and the text that each value stands for (intune-domain 1.4). */
const dropdown: readonly (readonly [words: readonly string[], text: string])[] = [
  [['common name', 'commonname'], 'CN={{UserName}}'],
  [['common name including email', 'commonnameincludingemail'], 'CN={{UserName}},E={{EmailAddress}}'],
  [['common name as email', 'commonnameasemail'], 'CN={{EmailAddress}}'],
  [['imei (international mobile equipment identity)', 'imei', 'commonnameasimei'], 'CN={{IMEI}}'],
  [['serial number', 'commonnameasserialnumber'], 'CN={{SerialNumber}}'],
  [['commonnameasaaddeviceid'], 'CN={{AAD_Device_ID}}'],
  [['commonnameasintunedeviceid'], 'CN={{DeviceId}}'],
];

const texts = new Map(dropdown.flatMap(([words, text]) => words.map((word) => [word, text] as const)));

/** The template that a value of the old dropdown stands for; any other text is a template already. */
export function subjectNameFormatText(written: string, certificateType: CertificateType): string {
  const word = written.trim().toLowerCase();
  if (word === '' || word === 'not configured' || word === 'notconfigured')
    return defaultSubjectNameFormat[certificateType];
  return texts.get(word) ?? written;
}
