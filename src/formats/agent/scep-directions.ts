import { maxRows } from './protocol.ts';
import { readChoice, readHex, readId, readInteger, readList, readObject, readOptional, readText } from './read-json.ts';

const hashAlgorithms = ['sha1', 'sha2'] as const;

/** Where, how and when a certificate is asked for: what may change while the one that is there stays. */
export type ScepDirections = {
  readonly deploymentId: string;
  /** Which state of the profile this is; what is held names the one it follows. 0: of a server that does not count them. */
  readonly deliveryVersion: number;
  /** Apple: one. Windows: to be tried in this order. Android and Linux: to be shuffled by the device. */
  readonly urls: readonly string[];
  /** Null for Apple, whose payload cannot say it: the device chooses from GetCACaps. */
  readonly hashAlgorithms: readonly (typeof hashAlgorithms)[number][] | null;
  /** Percent of the lifetime that remains when renewal starts. */
  readonly renewalThreshold: number;
  /** The root that the SCEP server's certificates must chain to: SHA-1 and SHA-256 of its DER, hex. */
  readonly authority: { readonly thumbprint: string; readonly thumbprint256: string };
};

export function readScepDirections(value: unknown, path: string): ScepDirections {
  const object = readObject(value, path);
  const authority = readObject(object.authority, `${path}.authority`);
  return {
    deploymentId: readId(object.deploymentId, `${path}.deploymentId`),
    deliveryVersion:
      readOptional(object.deliveryVersion, (version) => readInteger(version, `${path}.deliveryVersion`, 0, 1e9)) ?? 0,
    urls: readList(object.urls, `${path}.urls`, maxRows, readAddress),
    hashAlgorithms: readOptional(object.hashAlgorithms, (list) =>
      readList(list, `${path}.hashAlgorithms`, 2, (item, at) => readChoice(item, at, hashAlgorithms)),
    ),
    renewalThreshold: readInteger(object.renewalThreshold, `${path}.renewalThreshold`, 1, 99),
    authority: {
      thumbprint: readHex(authority.thumbprint, `${path}.authority.thumbprint`, 20),
      thumbprint256: readHex(authority.thumbprint256, `${path}.authority.thumbprint256`, 32),
    },
  };
}

function readAddress(value: unknown, path: string): string {
  return readText(value, path, 2048, { pattern: /^https?:\/\/[^\s#]+$/i, shape: 'an http or https address' });
}
