import { toBase64 } from '../../lib/bytes.ts';
import {
  readBytes,
  readChoice,
  readHex,
  readId,
  readInteger,
  readList,
  readObject,
  readOptional,
  readText,
} from './read-json.ts';

const subjectAlternativeNameTypes = ['email', 'upn', 'dns', 'uri', 'ip'] as const;
const keyUsages = ['digitalSignature', 'keyEncipherment'] as const;
const hashAlgorithms = ['sha1', 'sha2'] as const;

/** One certificate that a device shall fetch by SCEP now. */
export type ScepPayload = {
  readonly deploymentId: string;
  /** Which certificate of the deployment this is; together with `revision` it names the task. */
  readonly generation: number;
  readonly revision: number;
  readonly profile: { readonly slug: string; readonly name: string };
  /** Apple: one. Windows: to be tried in this order. Android and Linux: to be shuffled by the device. */
  readonly urls: readonly string[];
  /** A secret: goes into the encrypted certification request and nowhere else. */
  readonly challenge: string;
  /** Milliseconds UTC, by the server's clock. */
  readonly challengeExpiresAt: number;
  /** DER of the Name: what the request must ask for. */
  readonly subject: Uint8Array;
  readonly subjectText: string;
  readonly subjectAlternativeNames: readonly {
    readonly type: (typeof subjectAlternativeNameTypes)[number];
    readonly value: string;
  }[];
  /** Bits of the RSA key. */
  readonly keySize: number;
  readonly keyUsage: readonly (typeof keyUsages)[number][];
  /** Object identifiers; empty for Apple, whose requests cannot carry them. */
  readonly extendedKeyUsages: readonly string[];
  /** Null for Apple, whose payload cannot say it: the device chooses from GetCACaps. */
  readonly hashAlgorithms: readonly (typeof hashAlgorithms)[number][] | null;
  /** Percent of the lifetime that remains when renewal starts. */
  readonly renewalThreshold: number;
  /** The root that the SCEP server's certificates must chain to: SHA-1 and SHA-256 of its DER, hex. */
  readonly authority: { readonly thumbprint: string; readonly thumbprint256: string };
  /** How often, and after how many minutes, a PENDING answer is asked about (intune-domain 5.4). */
  readonly retry: { readonly count: number; readonly delayMinutes: number };
};

export function readScepPayload(value: unknown, path: string): ScepPayload {
  const object = readObject(value, path);
  const profile = readObject(object.profile, `${path}.profile`);
  const authority = readObject(object.authority, `${path}.authority`);
  const retry = readObject(object.retry, `${path}.retry`);
  return {
    deploymentId: readId(object.deploymentId, `${path}.deploymentId`),
    generation: readInteger(object.generation, `${path}.generation`, 1, 1e9),
    revision: readInteger(object.revision, `${path}.revision`, 0, 1e9),
    profile: {
      slug: readText(profile.slug, `${path}.profile.slug`, 256),
      name: readText(profile.name, `${path}.profile.name`, 1024),
    },
    urls: readList(object.urls, `${path}.urls`, 64, readAddress),
    challenge: readText(object.challenge, `${path}.challenge`, 8192),
    challengeExpiresAt: readInteger(object.challengeExpiresAt, `${path}.challengeExpiresAt`, 0, 1e15),
    subject: readBytes(object.subject, `${path}.subject`, 16384),
    subjectText: readTextOrEmpty(object.subjectText, `${path}.subjectText`),
    subjectAlternativeNames: readList(
      object.subjectAlternativeNames,
      `${path}.subjectAlternativeNames`,
      128,
      (item, at) => {
        const row = readObject(item, at);
        return {
          type: readChoice(row.type, `${at}.type`, subjectAlternativeNameTypes),
          value: readText(row.value, `${at}.value`, 2048),
        };
      },
    ),
    keySize: readInteger(object.keySize, `${path}.keySize`, 1024, 8192),
    keyUsage: readList(object.keyUsage, `${path}.keyUsage`, 2, (item, at) => readChoice(item, at, keyUsages)),
    extendedKeyUsages: readList(object.extendedKeyUsages, `${path}.extendedKeyUsages`, 64, readObjectIdentifier),
    hashAlgorithms: readOptional(object.hashAlgorithms, (list) =>
      readList(list, `${path}.hashAlgorithms`, 2, (item, at) => readChoice(item, at, hashAlgorithms)),
    ),
    renewalThreshold: readInteger(object.renewalThreshold, `${path}.renewalThreshold`, 1, 99),
    authority: {
      thumbprint: readHex(authority.thumbprint, `${path}.authority.thumbprint`, 20),
      thumbprint256: readHex(authority.thumbprint256, `${path}.authority.thumbprint256`, 32),
    },
    retry: {
      count: readInteger(retry.count, `${path}.retry.count`, 0, 30),
      delayMinutes: readInteger(retry.delayMinutes, `${path}.retry.delayMinutes`, 1, 1440),
    },
  };
}

export function scepPayloadToJson(payload: ScepPayload): unknown {
  return { ...payload, subject: toBase64(payload.subject) };
}

function readAddress(value: unknown, path: string): string {
  return readText(value, path, 2048, { pattern: /^https?:\/\/[^\s#]+$/i, shape: 'an http or https address' });
}

function readObjectIdentifier(value: unknown, path: string): string {
  return readText(value, path, 128, { pattern: /^[0-2](\.\d+)+$/, shape: 'an object identifier' });
}

/** Everything may stand in the alternative names, and the subject be empty (RFC 5280 §4.1.2.6). */
function readTextOrEmpty(value: unknown, path: string): string {
  return value === '' ? '' : readText(value, path, 8192);
}
