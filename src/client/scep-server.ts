import { sha256Hex } from '../crypto/digest.ts';
import { mayIssue, verifyChain } from '../crypto/verify-chain.ts';
import { parseCertificatesOnly } from '../formats/cms/certificates-only.ts';
import { type Capability, parseCapabilities } from '../formats/scep/capabilities.ts';
import { type Certificate, type CertificateFrame, parseCertificate } from '../formats/x509/certificate.ts';
import { extendedKeyUsage, keyPurpose } from '../formats/x509/extended-key-usage.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { type KeyUsage, keyUsage } from '../formats/x509/key-usage.ts';
import { fromUtf8, sameBytes, toBase64 } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import type { HttpAnswer, Transport } from './http-transport.ts';
import type { ScepHabits } from './scep-habits.ts';
import type { CallFault } from './scep-outcome.ts';

/** What a SCEP server's certificates must lead to. */
export type ScepTrust = {
  /** SHA-256 of the root's DER, hex. */
  readonly fingerprint: string;
  /** Certificates that the client holds (DER); the root among them, if the server does not send it. */
  readonly anchors: readonly Uint8Array[];
};

/** A server that has told what it can and who it is. */
export type ScepServer = {
  readonly url: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** Opens requests. */
  readonly recipient: Certificate;
  /** Signs replies. */
  readonly signers: readonly Certificate[];
  /** Issues; named in CertPoll. */
  readonly issuer: Certificate;
  readonly certificates: readonly Certificate[];
};

export type ScepCall = { readonly send: Transport; readonly habits: ScepHabits };

/** GetCACaps and GetCACert, in the order of the client's habit. `answered` is called with the first answer. */
export async function contactScepServer(
  call: ScepCall,
  url: string,
  trust: ScepTrust,
  now: number,
  answered: () => void,
): Promise<ScepServer | CallFault> {
  const operations = { GetCACaps: null, GetCACert: null } as Record<'GetCACaps' | 'GetCACert', HttpAnswer | null>;
  const order =
    call.habits.firstCall === 'GetCACaps'
      ? (['GetCACaps', 'GetCACert'] as const)
      : (['GetCACert', 'GetCACaps'] as const);
  for (const operation of order) {
    const answer = await getOperation(call, url, operation, call.habits.message);
    if ('code' in answer) return answer;
    answered();
    operations[operation] = answer;
  }
  const { GetCACaps: caps, GetCACert: certs } = operations;
  if (caps === null || certs === null) return invalid('scep-contact', 'The server answered only half.');
  const certificates = readCertificates(certs.body, certs.contentType);
  if ('code' in certificates) return certificates;
  const capabilities = parseCapabilities(fromUtf8(caps.body) ?? '');
  return identify(url, capabilities, certificates, trust, now);
}

export async function getOperation(
  call: ScepCall,
  url: string,
  operation: string,
  message: string | null,
): Promise<HttpAnswer | CallFault> {
  const parameter = message === null ? '' : `&message=${encodeURIComponent(message)}`;
  return sendOperation(call, url, `operation=${operation}${parameter}`, null);
}

/** PKIOperation: by POST where the server takes it and the client's habit allows, else by GET (RFC 8894 §4.1). */
export function sendPkiMessage(call: ScepCall, server: ScepServer, der: Uint8Array): Promise<HttpAnswer | CallFault> {
  const post = call.habits.post === 'when-advertised' && server.capabilities.has('POSTPKIOperation');
  return post
    ? sendOperation(call, server.url, 'operation=PKIOperation', der)
    : getOperation(call, server.url, 'PKIOperation', toBase64(der));
}

async function sendOperation(
  call: ScepCall,
  url: string,
  query: string,
  body: Uint8Array | null,
): Promise<HttpAnswer | CallFault> {
  const address = `${url.replace(/\/$/, '')}${call.habits.suffix}?${query}`;
  const headers: Record<string, string> = { 'user-agent': call.habits.userAgent };
  if (body !== null) headers['content-type'] = 'application/x-pki-message';
  try {
    const answer = await call.send(
      body === null ? { method: 'GET', url: address, headers } : { method: 'POST', url: address, headers, body },
    );
    if (answer.status === 200) return answer;
    const detail = `${url} answered with HTTP status ${answer.status}.`;
    // What a load balancer says when nobody is behind it.
    if ([502, 503, 504].includes(answer.status)) return { kind: 'unreachable', code: `http-${answer.status}`, detail };
    return invalid(`http-${answer.status}`, detail);
  } catch (error) {
    if (isFailure(error)) return { kind: 'unreachable', code: error.code, detail: error.message };
    throw error;
  }
}

/** One certificate, or several in a PKCS#7: told apart by content, since servers mix up the types. */
function readCertificates(body: Uint8Array, contentType: string): Certificate[] | CallFault {
  try {
    const ders = contentType === 'application/x-x509-ca-cert' ? [body] : parseCertificatesOnly(body).certificates;
    return ders.map((der) => parseCertificate(der));
  } catch (error) {
    if (isFailure(error)) return invalid('ca-certificates-malformed', `GetCACert: ${error.message}`);
    throw error;
  }
}

function identify(
  url: string,
  capabilities: ReadonlySet<Capability>,
  certificates: readonly Certificate[],
  trust: ScepTrust,
  now: number,
): ScepServer | CallFault {
  const pool = trustPool(certificates, trust);
  const trusted = certificates.filter((certificate) => verifyChain(certificate, pool, trust.fingerprint, now) !== null);
  if (trusted.length === 0)
    return invalid(
      'ca-not-trusted',
      'None of the certificates that the SCEP server sent leads to the root that this profile trusts.',
    );
  const authorities = trusted.filter(isScepAuthority);
  // An RA is there for this; a CA does it itself only where there is none.
  const ordered = [...authorities.filter((one) => !mayIssue(one)), ...authorities.filter(mayIssue)];
  const recipient = ordered.find((one) => one.publicKey.kind === 'rsa' && mayBeUsed(one, 'keyEncipherment'));
  const signers = ordered.filter((one) => mayBeUsed(one, 'digitalSignature') || mayIssue(one));
  const issuer =
    (recipient && pool.find((one) => mayIssue(one) && sameBytes(one.subjectDer, recipient.issuerDer))) ?? recipient;
  if (recipient === undefined || issuer === undefined || signers.length === 0)
    return invalid('ra-missing', 'The SCEP server sent no certificate that requests could be encrypted to.');
  return { url, capabilities, recipient, signers, issuer, certificates };
}

/** What the server sent and what the client holds. */
export function trustPool(certificates: readonly Certificate[], trust: ScepTrust): Certificate[] {
  const anchors = trust.anchors.filter((der) => !certificates.some((one) => sha256Hex(one.der) === sha256Hex(der)));
  return [...certificates, ...anchors.map((der) => parseCertificate(der))];
}

const requestAgents: readonly string[] = [
  '1.3.6.1.5.5.7.3.28', // id-kp-cmcRA, RFC 6402 §2.10
  '1.3.6.1.4.1.311.20.2.1', // Microsoft's certificate request agent
];

/**
 * A CA or an RA. Not just any certificate below the root: one that was issued to another device must not be able to pose
 * as the RA. Those say what they are for; an RA says nothing, or that it is one.
 */
export function isScepAuthority(certificate: CertificateFrame): boolean {
  if (mayIssue(certificate)) return true;
  const extension = findExtension(certificate.extensions, extensionOid.extendedKeyUsage);
  if (extension === undefined) return true;
  const purposes = extendedKeyUsage(extension.value);
  return purposes.some((purpose) => requestAgents.includes(purpose) || purpose === keyPurpose.any);
}

function mayBeUsed(certificate: Certificate, usage: KeyUsage): boolean {
  const extension = findExtension(certificate.extensions, extensionOid.keyUsage);
  return extension === undefined || keyUsage(extension.value).includes(usage);
}

function invalid(code: string, detail: string): CallFault {
  return { kind: 'invalid', code, detail };
}
