import { sha256Hex } from '../crypto/digest.ts';
import { pemBlocks } from '../formats/x509/pem.ts';
import { readTlsFiles } from '../http/tls-files.ts';
import { Failure } from '../lib/failure.ts';
import type { Foundation } from './foundation.ts';

/**
 * What agents may pin: where our HTTPS leads to when it is served with the operator's own certificate (the last one in
 * that file), and the roots of our authorities, the default one's first.
 */
export async function trustAnchors({ store, config }: Foundation): Promise<readonly Uint8Array[]> {
  const authorities = (await store.authorities.all()).toSorted((a, b) => a.createdAt - b.createdAt);
  const issuers = await store.authorities.issuers();
  const roots = authorities.flatMap(({ activeIssuerId }) => {
    const issuer = issuers.find(({ id }) => id === activeIssuerId);
    return issuer === undefined ? [] : [issuer.chain.at(-1) ?? issuer.certificate];
  });
  if (config.tls === null || config.tls.files === null) return roots;
  const { certificate: cert, key } = config.tls.files;
  const own = pemBlocks((await readTlsFiles({ cert, key })).cert, 'CERTIFICATE').at(-1);
  return own === undefined ? roots : [own, ...roots];
}

/** SHA-256, hex, of the one that a join token names. Failure `authority-missing`. */
export async function pinnedAnchor(foundation: Foundation): Promise<string> {
  const [first] = await trustAnchors(foundation);
  if (first !== undefined) return sha256Hex(first);
  throw new Failure(
    'unavailable',
    'authority-missing',
    'There is no certification authority yet that agents could pin.',
  );
}
