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
  readonly unresolved: readonly { readonly variable: string; readonly reason: string }[];
  readonly problem: { readonly code: string; readonly detail: string } | null;
};

export function previewText(preview: PreviewView): string {
  const { problem, subject, keyUsage, notBefore, notAfter } = preview;
  return facts({
    'no certificate': problem === null ? null : `${problem.code}: ${problem.detail}`,
    subject,
    'alternative names': preview.subjectAlternativeNames.map(({ type, value }) => `${type}:${value}`),
    'key usage': keyUsage,
    'extended key usage': preview.extendedKeyUsage.map(({ name }) => name),
    notBefore,
    notAfter,
  });
}
