import type { Mend } from './finding.ts';
import { previewSubject } from './format-template.ts';
import type { CertificateType } from './scep-settings.ts';

/** Intune's defaults (intune-domain 1.3): what “Not configured” stands for. */
export const defaultSubjectNameFormat: Readonly<Record<CertificateType, string>> = {
  user: 'CN={{UserName}},E={{EmailAddress}}',
  device: 'CN={{AAD_Device_ID}}',
};

/**
 * The old dropdown by the seed's words and by Graph's, each in small letters and digits alone, and the text that a value
 * stands for (intune-domain 1.4).
 */
const dropdown: readonly (readonly [words: readonly string[], text: string])[] = [
  [['commonname'], 'CN={{UserName}}'],
  [['commonnameincludingemail'], 'CN={{UserName}},E={{EmailAddress}}'],
  [['commonnameasemail'], 'CN={{EmailAddress}}'],
  [['imei', 'imeiinternationalmobileequipmentidentity', 'commonnameasimei'], 'CN={{IMEI}}'],
  [['serialnumber', 'commonnameasserialnumber'], 'CN={{SerialNumber}}'],
  [['commonnameasaaddeviceid', 'commonnameasazureaddeviceid'], 'CN={{AAD_Device_ID}}'],
  [['commonnameasintunedeviceid'], 'CN={{DeviceId}}'],
];

const texts = new Map(dropdown.flatMap(([words, text]) => words.map((word) => [word, text] as const)));

/** The template that a value of the old dropdown stands for; any other text as it is. */
export function subjectNameFormatText(written: string, certificateType: CertificateType): string {
  const word = wordOf(written);
  if (word === 'notconfigured' || written.trim() === '') return defaultSubjectNameFormat[certificateType];
  return texts.get(word) ?? written;
}

/** Empty for a template: it has an equals sign, and no value of the dropdown does. */
function wordOf(written: string): string {
  return written.includes('=') ? '' : written.toLowerCase().replace(/[^a-z0-9]/g, '');
}

export type NoSubject = { readonly detail: string; readonly fix: string; readonly mends: readonly Mend[] };

/** Why a value of the old dropdown is no subject; null for every other text. */
export function noSubject(written: string): NoSubject | null {
  switch (wordOf(written)) {
    case 'custom':
      return {
        detail: 'Custom says that a text follows; here the text itself belongs.',
        fix: 'Write the subject, for example CN={{UserName}},E={{EmailAddress}}.',
        mends: [],
      };
    case 'commonnameasdurabledeviceid':
      return {
        detail: 'The durable device id is nowhere documented, and no variable has it.',
        fix: 'Take another id of the device.',
        mends: otherIds.map(([label, text]) => ({ label, text, preview: previewSubject(text) })),
      };
    default:
      return null;
  }
}

const otherIds = [
  ['Take the directory’s device id', 'CN={{AAD_Device_ID}}'],
  ['Take the managed device id', 'CN={{DeviceId}}'],
] as const;
