import { sha1Hex, sha256Hex } from '../crypto/digest.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { toHex } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import { generalNameText } from './general-name.ts';

type Facts = Pick<
  Certificate,
  | 'issuerId'
  | 'der'
  | 'purpose'
  | 'subjectText'
  | 'notBefore'
  | 'notAfter'
  | 'shard'
  | 'deploymentId'
  | 'generation'
  | 'renewsId'
> & {
  /** Defaults to a new one. */
  readonly id?: CertificateId;
  /** Content octets of the INTEGER. */
  readonly serial: Uint8Array;
  readonly spki: Uint8Array;
  readonly subjectAlternativeNames: readonly GeneralName[];
};

/** The record of a certificate that has just been signed: released, valid, not yet installed. */
export function certificateRecord(clock: Clock, facts: Facts): Certificate {
  const { serial, spki, subjectAlternativeNames, id = newId<CertificateId>(clock), ...same } = facts;
  return {
    ...same,
    id,
    serial: toHex(serial),
    subjectAlternativeNames: subjectAlternativeNames.map(generalNameText),
    thumbprint: sha1Hex(facts.der),
    thumbprint256: sha256Hex(facts.der),
    keyHash: sha256Hex(spki),
    state: 'released',
    issuedAt: clock.now(),
    installedAt: null,
    revokedAt: null,
    revocationReason: null,
    supersededAt: null,
    revokeAt: null,
  };
}
