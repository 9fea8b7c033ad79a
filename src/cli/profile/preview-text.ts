import { facts } from '../show.ts';

/** surfaces.md, `profile preview`. */
export type PreviewView = {
  readonly subject: string | null;
  readonly subjectDer: string | null;
  readonly subjectAlternativeNames: readonly { readonly type: string; readonly value: string }[];
  readonly keyUsage: readonly string[];
  readonly extendedKeyUsage: readonly { readonly name: string; readonly oid: string }[];
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly scepServerUrls: readonly string[];
  readonly urlOrder: string;
  readonly store: string;
  readonly keyStorage: string | null;
  readonly unresolved: readonly { readonly variable: string; readonly reason: string }[];
  readonly problem: { readonly code: string; readonly detail: string } | null;
};

export function previewText(preview: PreviewView): string {
  const { problem, subject, keyUsage, notBefore, notAfter, scepServerUrls } = preview;
  return facts({
    'no certificate': problem === null ? null : `${problem.code}: ${problem.detail}`,
    subject,
    'alternative names': preview.subjectAlternativeNames.map(({ type, value }) => `${type}:${value}`),
    'key usage': keyUsage,
    'extended key usage': preview.extendedKeyUsage.map(({ name }) => name),
    notBefore,
    notAfter,
    'SCEP server URLs': scepServerUrls,
    order: scepServerUrls.length > 1 ? orders[preview.urlOrder] : null,
    'certificate store': preview.store,
    'key storage': preview.keyStorage,
  });
}

const orders: Readonly<Record<string, string>> = {
  'device-shuffles': 'as written; the device shuffles them',
  'server-shuffles': 'shuffled for each delivery; the device tries them as they come',
  'one-at-random': 'one of them for each delivery',
};
