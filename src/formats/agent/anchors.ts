import { toBase64 } from '../../lib/bytes.ts';
import { readBytes, readList, readObject } from './read-json.ts';

/** Certificates (DER) that sign the server's HTTPS and SCEP answers. Public; an agent believes the one its token names. */
export type Anchors = { readonly certificates: readonly Uint8Array[] };

export function parseAnchors(value: unknown): Anchors {
  const object = readObject(value, '');
  return {
    certificates: readList(object.certificates, 'certificates', 16, (item, path) => readBytes(item, path, 16384)),
  };
}

export function anchorsToJson(anchors: Anchors): unknown {
  return { certificates: anchors.certificates.map(toBase64) };
}
