import { toBase64 } from '../../lib/bytes.ts';
import { type AgentFacts, readAgentFacts } from './agent-facts.ts';
import { readSecret } from './join-message.ts';
import {
  readBytes,
  readFlag,
  readHex,
  readId,
  readInteger,
  readList,
  readObject,
  readOptional,
  readText,
} from './read-json.ts';
import { readScepDirections, type ScepDirections } from './scep-directions.ts';
import { readScepPayload, type ScepPayload, scepPayloadToJson } from './scep-payload.ts';

/** What the device has of one deployment. */
export type HeldItem = {
  readonly deploymentId: string;
  /** SHA-256 of the certificate in place, hex; null: none. */
  readonly thumbprint256: string | null;
  /** A request of this generation and revision is under way with a key and a challenge: no other challenge is needed. */
  readonly underWay: { readonly generation: number; readonly revision: number } | null;
  /** Of the directions that it follows; null: none, or not known. */
  readonly deliveryVersion: number | null;
};

export type CheckInRequest = { readonly facts: AgentFacts; readonly held: readonly HeldItem[] };

/** A CA certificate that the device shall trust. */
export type TrustedCertificatePayload = {
  readonly deploymentId: string;
  readonly profile: { readonly slug: string; readonly name: string };
  readonly certificate: Uint8Array;
};

/** A profile that applies to the device and cannot be delivered: the server has not what it needs. */
export type UndeliverableProfile = {
  readonly deploymentId: string;
  readonly profile: { readonly slug: string; readonly name: string };
  /** Kebab-case. */
  readonly code: string;
  /** For people. */
  readonly detail: string;
};

export type CheckInAnswer = {
  /** Replaces the one in use from the next message on; null: keep it. A secret. */
  readonly credential: string | null;
  /** Milliseconds until the next check-in. */
  readonly nextCheckIn: number;
  /** What to give to `wake`: it answers at once when this is no longer the state of things. */
  readonly wakeVersion: string;
  /** Remove everything and leave. */
  readonly retired: boolean;
  /** All that shall be there, not only what is new. */
  readonly trustedCertificates: readonly TrustedCertificatePayload[];
  readonly enroll: readonly ScepPayload[];
  /** New directions for what is held or under way; nothing else changes. */
  readonly redeliver: readonly ScepDirections[];
  /** Deployments whose key and certificates shall go. */
  readonly remove: readonly string[];
  /** What the device misses through no fault of its own. */
  readonly undeliverable: readonly UndeliverableProfile[];
};

const maxItems = 1000;

/** Characters of a reason. */
export const maxDetail = 1000;

export function parseCheckInRequest(value: unknown): CheckInRequest {
  const object = readObject(value, '');
  return {
    facts: readAgentFacts(object.facts, 'facts'),
    held: readList(object.held, 'held', maxItems, readHeldItem),
  };
}

export function parseCheckInAnswer(value: unknown): CheckInAnswer {
  const object = readObject(value, '');
  return {
    credential: readOptional(object.credential, (text) => readSecret(text, 'credential')),
    nextCheckIn: readInteger(object.nextCheckIn, 'nextCheckIn', 0, 1e10),
    wakeVersion: readId(object.wakeVersion, 'wakeVersion'),
    retired: readFlag(object.retired, 'retired'),
    trustedCertificates: readList(object.trustedCertificates, 'trustedCertificates', maxItems, readTrusted),
    enroll: readList(object.enroll, 'enroll', maxItems, readScepPayload),
    // An older server does not know of it.
    redeliver: readList(object.redeliver ?? [], 'redeliver', maxItems, readScepDirections),
    remove: readList(object.remove, 'remove', maxItems, readId),
    // Neither of this.
    undeliverable: readList(object.undeliverable ?? [], 'undeliverable', maxItems, readUndeliverable),
  };
}

export function checkInAnswerToJson(answer: CheckInAnswer): unknown {
  return {
    ...answer,
    trustedCertificates: answer.trustedCertificates.map((trusted) => ({
      ...trusted,
      certificate: toBase64(trusted.certificate),
    })),
    enroll: answer.enroll.map(scepPayloadToJson),
  };
}

function readHeldItem(value: unknown, path: string): HeldItem {
  const object = readObject(value, path);
  return {
    deploymentId: readId(object.deploymentId, `${path}.deploymentId`),
    thumbprint256: readOptional(object.thumbprint256, (text) => readHex(text, `${path}.thumbprint256`, 32)),
    underWay: readOptional(object.underWay, (task) => {
      const fields = readObject(task, `${path}.underWay`);
      return {
        generation: readInteger(fields.generation, `${path}.underWay.generation`, 1, 1e9),
        revision: readInteger(fields.revision, `${path}.underWay.revision`, 0, 1e9),
      };
    }),
    deliveryVersion: readOptional(object.deliveryVersion, (version) =>
      readInteger(version, `${path}.deliveryVersion`, 0, 1e9),
    ),
  };
}

function readUndeliverable(value: unknown, path: string): UndeliverableProfile {
  const object = readObject(value, path);
  return {
    deploymentId: readId(object.deploymentId, `${path}.deploymentId`),
    profile: readProfile(object.profile, `${path}.profile`),
    code: readText(object.code, `${path}.code`, 64, { pattern: /^[a-z0-9-]+$/, shape: 'a kebab-case code' }),
    detail: readText(object.detail, `${path}.detail`, maxDetail),
  };
}

function readProfile(value: unknown, path: string): UndeliverableProfile['profile'] {
  const profile = readObject(value, path);
  return {
    slug: readText(profile.slug, `${path}.slug`, 256),
    name: readText(profile.name, `${path}.name`, 1024),
  };
}

function readTrusted(value: unknown, path: string): TrustedCertificatePayload {
  const object = readObject(value, path);
  return {
    deploymentId: readId(object.deploymentId, `${path}.deploymentId`),
    profile: readProfile(object.profile, `${path}.profile`),
    certificate: readBytes(object.certificate, `${path}.certificate`, 65536),
  };
}
