import { toBase64 } from '../../lib/bytes.ts';
import { maxRows } from './protocol.ts';
import { readBytes, readChoice, readInteger, readList, readObject, readOptional, readText } from './read-json.ts';
import { readScepDirections, type ScepDirections } from './scep-directions.ts';

const subjectAlternativeNameTypes = ['email', 'upn', 'dns', 'uri', 'ip'] as const;
const keyStorages = ['pem', 'pkcs11', 'tpm'] as const;
const keyUsages = ['digitalSignature', 'keyEncipherment'] as const;

/** One certificate that a device shall fetch by SCEP now. */
export type ScepPayload = ScepDirections & {
  /** Which certificate of the deployment this is; together with `revision` it names the task. */
  readonly generation: number;
  readonly revision: number;
  readonly profile: { readonly slug: string; readonly name: string };
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
  /** Where the key must live; null: the profile's platform has no such setting, or the server is an older one. */
  readonly keyStorage: (typeof keyStorages)[number] | null;
  readonly keyUsage: readonly (typeof keyUsages)[number][];
  /** Object identifiers; empty for Apple, whose requests cannot carry them. */
  readonly extendedKeyUsages: readonly string[];
  /** How often, and after how many minutes, a PENDING answer is asked about (intune-domain 5.4). */
  readonly retry: { readonly count: number; readonly delayMinutes: number };
};

export function readScepPayload(value: unknown, path: string): ScepPayload {
  const object = readObject(value, path);
  const profile = readObject(object.profile, `${path}.profile`);
  const retry = readObject(object.retry, `${path}.retry`);
  return {
    ...readScepDirections(object, path),
    generation: readInteger(object.generation, `${path}.generation`, 1, 1e9),
    revision: readInteger(object.revision, `${path}.revision`, 0, 1e9),
    profile: {
      slug: readText(profile.slug, `${path}.profile.slug`, 256),
      name: readText(profile.name, `${path}.profile.name`, 1024),
    },
    challenge: readText(object.challenge, `${path}.challenge`, 8192),
    challengeExpiresAt: readInteger(object.challengeExpiresAt, `${path}.challengeExpiresAt`, 0, 1e15),
    subject: readBytes(object.subject, `${path}.subject`, 16384),
    subjectText: readTextOrEmpty(object.subjectText, `${path}.subjectText`),
    subjectAlternativeNames: readList(
      object.subjectAlternativeNames,
      `${path}.subjectAlternativeNames`,
      maxRows,
      (item, at) => {
        const row = readObject(item, at);
        return {
          type: readChoice(row.type, `${at}.type`, subjectAlternativeNameTypes),
          value: readText(row.value, `${at}.value`, 2048),
        };
      },
    ),
    keySize: readInteger(object.keySize, `${path}.keySize`, 1024, 8192),
    keyStorage: readOptional(object.keyStorage, (storage) => readChoice(storage, `${path}.keyStorage`, keyStorages)),
    keyUsage: readList(object.keyUsage, `${path}.keyUsage`, 2, (item, at) => readChoice(item, at, keyUsages)),
    extendedKeyUsages: readList(object.extendedKeyUsages, `${path}.extendedKeyUsages`, maxRows, readObjectIdentifier),
    retry: {
      count: readInteger(retry.count, `${path}.retry.count`, 0, 30),
      delayMinutes: readInteger(retry.delayMinutes, `${path}.retry.delayMinutes`, 1, 1440),
    },
  };
}

export function scepPayloadToJson(payload: ScepPayload): unknown {
  return { ...payload, subject: toBase64(payload.subject) };
}

function readObjectIdentifier(value: unknown, path: string): string {
  return readText(value, path, 128, { pattern: /^[0-2](\.\d+)+$/, shape: 'an object identifier' });
}

/** Everything may stand in the alternative names, and the subject be empty (RFC 5280 §4.1.2.6). */
function readTextOrEmpty(value: unknown, path: string): string {
  return value === '' ? '' : readText(value, path, 8192);
}
