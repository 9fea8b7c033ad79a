/**
 * OCSP over HTTP (RFC 6960 appendix A, RFC 5019 §5 and §6): POST, and GET with the request in the path. Answers are signed,
 * so plain HTTP will do. Every answer is 200 with an OCSPResponse; what is wrong with a request stands in it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AskOcsp, OcspAnswer } from '../../authority/answer-ocsp.ts';
import { sha1Hex } from '../../crypto/digest.ts';
import { decodeOcspPath } from '../../formats/ocsp/ocsp-path.ts';
import { maxOcspRequest } from '../../formats/ocsp/ocsp-request.ts';
import type { OcspFailure } from '../../formats/ocsp/ocsp-response.ts';
import { isFailure } from '../../lib/failure.ts';
import { clientNetwork } from '../client-network.ts';
import { noteReason } from '../server.ts';

export type OcspUseCases = {
  answer(asked: AskOcsp): Promise<OcspAnswer>;
  now(): number;
};

const path = '/ocsp';
/** Seconds that caches on the way may give an answer again: so long, at most, they do not know of a revocation. */
const maxAge = 60;

export function registerOcspRoutes(app: FastifyInstance, useCases: OcspUseCases): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxOcspRequest }, (_request, body, done) =>
      done(null, body),
    );
    // Tools send every content type, and none.
    scope.addHook('onRequest', (request, _reply, done) => {
      request.raw.headers['content-type'] = 'application/ocsp-request';
      done();
    });
    const options = { config: { permission: 'public' }, exposeHeadRoute: false } as const;
    scope.post(path, options, async (request, reply) => {
      const { body } = request;
      const answer = await ask(useCases, request, reply, body instanceof Uint8Array ? body : new Uint8Array(0));
      return send(reply.header('cache-control', 'no-store'), answer.der);
    });
    scope.get(`${path}/*`, options, async (request, reply) => {
      const answer = await ask(useCases, request, reply, requestInPath(request));
      if (answer.fresh === null) return send(reply.header('cache-control', 'no-store'), answer.der);
      const { thisUpdate, nextUpdate } = answer.fresh;
      const left = Math.max(0, Math.floor((nextUpdate - useCases.now()) / 1000));
      const tag = `"${sha1Hex(answer.der)}"`;
      reply
        .header('cache-control', `max-age=${Math.min(maxAge, left)}, public, no-transform, must-revalidate`)
        .header('last-modified', new Date(thisUpdate).toUTCString())
        .header('expires', new Date(nextUpdate).toUTCString())
        .header('etag', tag);
      if (request.headers['if-none-match'] === tag) return reply.code(304).send();
      return send(reply, answer.der);
    });
  });
}

async function ask(
  useCases: OcspUseCases,
  request: FastifyRequest,
  reply: FastifyReply,
  der: Uint8Array,
): Promise<OcspAnswer> {
  const answer = await useCases.answer({ der, client: clientNetwork(request.ip) });
  if (answer.failure !== null) noteReason(request, reasonOf(answer.failure));
  if (answer.retryAfter !== null) reply.header('retry-after', String(answer.retryAfter));
  return answer;
}

/** For the log: `ocsp-try-later`. */
function reasonOf(failure: OcspFailure): string {
  return `ocsp-${failure.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** From the request line as it came; nothing where it is no Base64, which is answered as malformed. */
function requestInPath(request: FastifyRequest): Uint8Array {
  const raw = request.raw.url ?? '';
  const query = raw.indexOf('?');
  const tail = raw.slice(path.length + 1, query < 0 ? undefined : query);
  try {
    return decodeOcspPath(tail);
  } catch (error) {
    if (isFailure(error)) return new Uint8Array(0);
    throw error;
  }
}

function send(reply: FastifyReply, der: Uint8Array): FastifyReply {
  return reply
    .header('content-type', 'application/ocsp-response')
    .send(Buffer.from(der.buffer, der.byteOffset, der.length));
}
