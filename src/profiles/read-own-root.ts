import { toPem } from '../formats/x509/pem.ts';
import type { IssuerFacts } from './issuer-facts.ts';
import { usesOwnRoot, withOwnRoot } from './own-root.ts';

/** The document with this server's own root in the place of `ownRoot`; as it is without that, or without an authority. */
export async function readOwnRoot(issuers: Pick<IssuerFacts, 'ownRoot'>, document: unknown): Promise<unknown> {
  const root = usesOwnRoot(document) ? await issuers.ownRoot() : null;
  return root === null ? document : withOwnRoot(document, toPem('CERTIFICATE', root));
}
