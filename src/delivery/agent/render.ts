import { sha1Hex, sha256Hex } from '../../crypto/digest.ts';
import {
  maxDetail,
  type TrustedCertificatePayload,
  type UndeliverableProfile,
} from '../../formats/agent/check-in-message.ts';
import { platformFamily } from '../../formats/agent/platform-family.ts';
import type { ScepDirections } from '../../formats/agent/scep-directions.ts';
import type { ScepPayload } from '../../formats/agent/scep-payload.ts';
import { fromBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';
import type { Directions, ScepDelivery, TrustedDelivery, Undeliverable } from '../channel.ts';

/** intune-domain 5.4: what the service sends to Windows. */
const retry = { count: 3, delayMinutes: 1 };

/** A delivery in the agent's language. Pure. Apple payloads carry neither EKU nor hash, so theirs do not (intune-domain 6.10). */
export function renderScepPayload(delivery: ScepDelivery): ScepPayload {
  const { deployment, expectation, profile } = delivery;
  const apple = platformFamily(delivery.platform) === 'apple';
  return {
    ...renderScepDirections(delivery),
    generation: deployment.generation,
    revision: deployment.revision,
    profile: { slug: profile.slug, name: profile.name },
    challenge: delivery.challenge,
    challengeExpiresAt: delivery.challengeExpiresAt,
    subject: storedBytes(expectation.subject),
    subjectText: expectation.subjectText,
    subjectAlternativeNames: expectation.subjectAlternativeNames,
    keySize: expectation.keySize,
    keyStorage: 'keyStorage' in profile.settings ? profile.settings.keyStorage : null,
    keyUsage: expectation.keyUsage,
    extendedKeyUsages: apple ? [] : expectation.extendedKeyUsages.map(({ oid }) => oid),
    retry,
  };
}

export function renderScepDirections({ deployment, profile, root, urls }: Directions): ScepDirections {
  const { settings } = profile;
  const certificate = storedBytes(root.settings.certificate);
  return {
    deploymentId: deployment.id,
    deliveryVersion: deployment.deliveryVersion,
    urls,
    hashAlgorithms: 'hashAlgorithm' in settings ? settings.hashAlgorithm : null,
    renewalThreshold: settings.renewalThreshold,
    authority: { thumbprint: sha1Hex(certificate), thumbprint256: sha256Hex(certificate) },
  };
}

export function renderTrustedCertificate(delivery: TrustedDelivery): TrustedCertificatePayload {
  const { deployment, profile } = delivery;
  return {
    deploymentId: deployment.id,
    profile: { slug: profile.slug, name: profile.name },
    certificate: storedBytes(profile.settings.certificate),
  };
}

/** Names and values in a reason come from the directory: what the message cannot hold is cut. */
export function renderUndeliverable({ deployment, profile, problem }: Undeliverable): UndeliverableProfile {
  return {
    deploymentId: deployment.id,
    profile: { slug: profile.slug, name: profile.name },
    code: problem.code,
    detail: problem.detail.replace(/\p{Cc}/gu, ' ').slice(0, maxDetail) || problem.code,
  };
}

/** Profiles and expectations were parsed when they were stored. */
function storedBytes(base64: string): Uint8Array {
  const bytes = fromBase64(base64);
  if (bytes === undefined) throw new Failure('malformed', 'stored-base64', 'Stored bytes are not Base64.');
  return bytes;
}
