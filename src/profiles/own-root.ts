/**
 * `certificate: ownRoot` in the document of a trusted certificate profile: the root of whichever server it is saved at. Such
 * files suit every installation; what is stored is the certificate.
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
