/** What relying parties fetch: CRLs and CA certificates. Plain HTTP on purpose; the content is signed (RFC 5280 §4.2.1.13). */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '../../lib/failure.ts';

export type PkiUseCases = {
  /** The latest CRL of a shard; null when there is no such issuer or shard. Times in milliseconds. */
  crl(
    issuerSlug: string,
    shard: number,
  ): Promise<{
    readonly der: Uint8Array;
    readonly number: number;
    readonly thisUpdate: number;
    readonly nextUpdate: number;
  } | null>;
  /** DER of the issuer's own certificate. */
  issuerCertificate(issuerSlug: string): Promise<Uint8Array | null>;
  now(): number;
};

type FileParams = { readonly issuer: string; readonly file: string };

const options = { config: { permission: 'public' } } as const;

export function registerPkiRoutes(app: FastifyInstance, useCases: PkiUseCases): void {
  app.get<{ Params: FileParams }>('/pki/:issuer/:file', options, async ({ params, headers }, reply) => {
    const shard = /^(0|[1-9][0-9]{0,5})\.crl$/.exec(params.file)?.[1];
    const crl = shard === undefined ? null : await useCases.crl(params.issuer, Number(shard));
    if (crl === null) throw notFound('crl-unknown', 'There is no such revocation list.');
    // A list is fetched again well before it ends, and soon after a revocation.
    const left = Math.floor((crl.nextUpdate - useCases.now()) / 1000);
    const tag = `"${crl.number}"`;
    reply
      .header('cache-control', `public, max-age=${Math.max(0, Math.min(60, left))}`)
      .header('etag', tag)
      .header('last-modified', new Date(crl.thisUpdate).toUTCString())
      .header('expires', new Date(crl.nextUpdate).toUTCString());
    if (headers['if-none-match'] === tag) return reply.code(304).send();
    // RFC 2585 §4.2
    return sendBytes(reply, 'application/pkix-crl', crl.der);
  });
  app.get<{ Params: { readonly issuer: string } }>('/pki/:issuer', options, async ({ params }, reply) => {
    const slug = /^(.+)\.cer$/.exec(params.issuer)?.[1];
    const der = slug === undefined ? null : await useCases.issuerCertificate(slug);
    if (der === null) throw notFound('issuer-unknown', 'There is no such CA certificate.');
    reply.header('cache-control', 'public, max-age=86400');
    // RFC 2585 §4.1
    return sendBytes(reply, 'application/pkix-cert', der);
  });
}

function sendBytes(reply: FastifyReply, contentType: string, bytes: Uint8Array): FastifyReply {
  return reply.header('content-type', contentType).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

function notFound(code: string, message: string): Failure {
  return new Failure('not-found', code, message);
}
