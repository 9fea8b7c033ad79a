import type { CertificateReply } from '../crypto/crypto-job.ts';
import { assembleCertificate } from '../formats/x509/certificate.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { buildCertificate, type CertificateFields } from './build-certificate.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import { certificateRecord } from './certificate-record.ts';
import type { CertificateTemplate } from './issuer.ts';
import type { IssuingContext } from './issuing-context.ts';
import { lint } from './lint.ts';
import type { LintFinding } from './lint-finding.ts';
import { newSerialNumber } from './serial-number.ts';

export type Preparation = {
  /** Of the record; defaults to a new one. */
  readonly id?: CertificateId;
  readonly fields: CertificateFields;
  /** Of the subject, for people. */
  readonly subjectText: string;
  readonly purpose: Exclude<Certificate['purpose'], 'issuer'>;
  /** Null for our own services only: no template describes them. */
  readonly template: CertificateTemplate | null;
  readonly deploymentId: string | null;
  readonly generation: number | null;
  readonly renewsId: CertificateId | null;
};

type PrepareDeps = { readonly context: IssuingContext; readonly clock: Clock };

/**
 * Builds a certificate, lints it and has it signed: the record, not stored yet. Nobody may see it before it is. RSA
 * work: never inside a transaction. Throws `Failure` with the code of the first lint finding, and all of them in
 * `params.findings`.
 */
export async function prepare(deps: PrepareDeps, preparation: Preparation): Promise<Certificate> {
  const { signer } = deps.context;
  const built = build(deps.context, preparation);
  const signature = await signer.sign(built.tbs);
  return recordOf(deps, preparation, built, assembleCertificate(built.tbs, signer.signatureAlgorithm, signature));
}

/**
 * The same together with the SCEP answer that carries the certificate, which is a secret just as long. `message` is null
 * where the issuer does not sign on the threads that seal answers.
 */
export async function prepareWithAnswer(
  deps: PrepareDeps,
  preparation: Preparation,
  reply: CertificateReply,
): Promise<{ readonly certificate: Certificate; readonly message: Uint8Array | null }> {
  const { certify } = deps.context.signer;
  if (certify === null) return { certificate: await prepare(deps, preparation), message: null };
  const built = build(deps.context, preparation);
  const { certificate, message } = await certify(built.tbs, reply);
  return { certificate: recordOf(deps, preparation, built, certificate), message };
}

type Built = { readonly tbs: Uint8Array; readonly serial: Uint8Array; readonly shard: number };

function build(context: IssuingContext, { fields, template }: Preparation): Built {
  const serial = newSerialNumber();
  const shard = shardOf(serial, context.issuer.shards);
  const tbs = buildCertificate(context, fields, serial, shard);
  const findings = lint(tbs, context, { template, shard });
  if (findings[0] !== undefined) throw refused(findings[0], findings);
  return { tbs, serial, shard };
}

function recordOf(
  { context, clock }: PrepareDeps,
  preparation: Preparation,
  { serial, shard }: Built,
  der: Uint8Array,
): Certificate {
  const { fields } = preparation;
  return certificateRecord(clock, {
    ...(preparation.id === undefined ? {} : { id: preparation.id }),
    issuerId: context.issuer.id,
    serial,
    der,
    purpose: preparation.purpose,
    subjectText: preparation.subjectText,
    subjectAlternativeNames: fields.subjectAlternativeNames,
    spki: fields.spki,
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    shard,
    deploymentId: preparation.deploymentId,
    generation: preparation.generation,
    renewsId: preparation.renewsId,
  });
}

/** The serial number is random, so it spreads certificates evenly. */
function shardOf(serial: Uint8Array, shards: number): number {
  return (serial.at(-1) as number) % shards;
}

function refused(first: LintFinding, findings: readonly LintFinding[]): Failure {
  const all = findings.map(({ detail }) => detail).join(' ');
  return new Failure('invalid', first.code, `The certificate was not signed. ${all}`, { findings });
}
