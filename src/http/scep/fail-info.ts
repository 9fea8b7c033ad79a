/**
 * The one place where a refusal becomes what a device is told: failInfo (RFC 8894 §3.2.1.4) and failInfoText, which
 * anyone on the wire can read. Expected and received values never go there.
 */
import type { Refusal, RefusalReason } from '../../enrollment/refusal.ts';
import { algorithmReasons, provenReasons } from '../../enrollment/refusal.ts';
import type { FailInfo } from '../../formats/scep/fail-info.ts';

export type WireRefusal = { readonly failInfo: FailInfo; readonly failInfoText: string };

const algorithms: ReadonlySet<RefusalReason> = new Set([
  ...algorithmReasons,
  'request-digest-not-allowed',
  'key-type-mismatch',
  'key-length-mismatch',
  'key-weak',
]);
const unknownCertificates: ReadonlySet<RefusalReason> = new Set([
  'certificate-unknown',
  'transaction-unknown',
  'crl-unavailable',
]);
const told: ReadonlySet<RefusalReason> = new Set([...algorithmReasons, ...provenReasons]);

/** All that was refused before a proof held looks the same, but for the request id by which the administrator finds it. */
export function wireRefusal({ reason, field }: Refusal, requestId: string): WireRefusal {
  if (!told.has(reason)) return { failInfo: 'badRequest', failInfoText: `request-refused ${requestId}` };
  const words = field === null ? [reason, requestId] : [reason, field, requestId];
  return { failInfo: failInfoOf(reason), failInfoText: words.join(' ') };
}

function failInfoOf(reason: RefusalReason): FailInfo {
  if (algorithms.has(reason)) return 'badAlg';
  if (unknownCertificates.has(reason)) return 'badCertId';
  return reason === 'clock-behind' ? 'badTime' : 'badRequest';
}
