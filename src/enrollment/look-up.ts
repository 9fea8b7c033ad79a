/** GetCert and GetCRL (RFC 8894 §3.3.4): by issuer and serial number. */
import type { CrlStore } from '../authority/crl-store.ts';
import type { IssuerId } from '../authority/issuer.ts';
import { type IssuerAndSerial, parseIssuerAndSerial } from '../formats/scep/issuer-and-serial.ts';
import { toHex } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import type { CaDirectory } from './ca-directory.ts';
import { delivered } from './issue.ts';
import { refusal } from './refusal.ts';
import type { RequestFacts } from './request-facts.ts';
import { type Conclusion, refused } from './scep-call.ts';

export type LookUpDeps = {
  readonly facts: Pick<RequestFacts, 'byCertificate'>;
  readonly crls: Pick<CrlStore, 'latest'>;
};

/** Device certificates only: what else we sign is found where it is published. */
export async function getCertificate(deps: LookUpDeps, cas: CaDirectory, content: Uint8Array): Promise<Conclusion> {
  const wanted = parse(content);
  if (wanted === null) return refused(refusal('content-decoding-failed'));
  const found = await findCertificate(deps, cas, wanted);
  return found === null || found.certificate.purpose !== 'device'
    ? refused(refusal('certificate-unknown', { serial: toHex(wanted.serial) }))
    : delivered(found.certificate, false);
}

/** The CRL on which that certificate would stand. */
export async function getCrl(deps: LookUpDeps, cas: CaDirectory, content: Uint8Array): Promise<Conclusion> {
  const wanted = parse(content);
  if (wanted === null) return refused(refusal('content-decoding-failed'));
  const found = await findCertificate(deps, cas, wanted);
  const [current] = cas.issuersNamed(wanted.issuerDer);
  // sscep and Cisco name the CA's own certificate, which is not in our books of device certificates: its first list serves.
  const place = found === null ? { issuerId: current, shard: 0 } : found.certificate;
  const crl = place.issuerId === undefined ? null : await deps.crls.latest(place.issuerId, place.shard);
  if (crl === null) return refused(refusal('crl-unavailable', { serial: toHex(wanted.serial) }));
  return {
    kind: 'success',
    certificate: null,
    crl: crl.der,
    message: null,
    certificateId: null,
    deploymentId: null,
    recorded: false,
  };
}

async function findCertificate({ facts }: LookUpDeps, cas: CaDirectory, { issuerDer, serial }: IssuerAndSerial) {
  for (const issuerId of cas.issuersNamed(issuerDer)) {
    const found = await facts.byCertificate(issuerId satisfies IssuerId, toHex(serial));
    if (found !== null) return found;
  }
  return null;
}

function parse(content: Uint8Array): IssuerAndSerial | null {
  try {
    return parseIssuerAndSerial(content);
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}
