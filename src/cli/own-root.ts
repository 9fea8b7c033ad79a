/**
 * `certificate: ownRoot` in the file of a trusted certificate profile: the root of whichever server the file is applied
 * to. Files with it suit every installation; the server itself only ever sees the certificate.
 */
const placeholder = 'ownRoot';

type Document = Readonly<Record<string, unknown>>;

export function usesOwnRoot(document: unknown): boolean {
  return settingsOf(document)?.certificate === placeholder;
}

/** The document with the placeholder replaced by this certificate (PEM); any other as it is. */
export function withOwnRoot(document: unknown, pem: string): unknown {
  const settings = settingsOf(document);
  if (settings?.certificate !== placeholder) return document;
  return { ...(document as Document), settings: { ...settings, certificate: pem } };
}

function settingsOf(document: unknown): Document | undefined {
  const settings = isMapping(document) ? document.settings : undefined;
  return isMapping(settings) ? settings : undefined;
}

function isMapping(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
