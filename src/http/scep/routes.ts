/**
 * SCEP over HTTP (RFC 8894 §4): one address per profile, one per delivery, each with any tail that clients append
 * (`/pkiclient.exe`, `/certsrv/mscep/mscep.dll`). Nothing here parses or decides; it finds the bytes and sends bytes.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryAnswer, QueryInput } from '../../enrollment/answer-query.ts';
import type { PkiOperationAnswer, PkiOperationInput } from '../../enrollment/pki-operation.ts';
import { decodeGetMessage, rawParameter } from '../../formats/scep/get-message.ts';
import { isFailure } from '../../lib/failure.ts';
import { problemOf, setRetryAfter } from '../problem.ts';
import { noteReason } from '../server.ts';
import type { FailureLimit } from './failure-limit.ts';

export type ScepUseCases = {
  answerQuery(input: QueryInput): Promise<QueryAnswer>;
  pkiOperation(input: PkiOperationInput): Promise<PkiOperationAnswer>;
  readonly failures: FailureLimit;
};

type Params = { readonly slug: string; readonly ref?: string };
type ScepRequest = FastifyRequest<{ Params: Params }>;

const browserText = `This is a SCEP address, for devices that enrol for certificates (RFC 8894).
It answers ?operation=GetCACaps, GetCACert, GetNextCACert and PKIOperation, and has nothing to show in a browser.
`;

/** Bytes. The parser refuses longer messages as well; real ones are 2 to 20 kB. */
const bodyLimit = 256 * 1024;

export function registerScepRoutes(app: FastifyInstance, useCases: ScepUseCases): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    // Clients send every content type, and none (micromdm: application/octet-stream); some are no content types at all.
    scope.addHook('onRequest', (request, _reply, done) => {
      request.raw.headers['content-type'] = 'application/x-pki-message';
      done();
    });
    scope.setErrorHandler((error, request, reply) => {
      const { status, code, detail, params } = problemOf(error, request.id);
      // What is wrong with the server is logged and answered as everywhere else.
      if (status >= 500 && status !== 503) throw error;
      noteReason(request, code);
      setRetryAfter(reply, status, params);
      return sendText(reply, status, `${detail} (${code}, request ${request.id})\n`);
    });
    for (const url of ['/scep/:slug', '/scep/:slug/*', '/scep/:slug/d/:ref', '/scep/:slug/d/:ref/*'])
      scope.route<{ Params: Params }>({
        method: ['GET', 'POST'],
        url,
        config: { permission: 'public' },
        exposeHeadRoute: false,
        handler: (request, reply) => answer(useCases, request, reply),
      });
  });
}

async function answer(useCases: ScepUseCases, request: ScepRequest, reply: FastifyReply): Promise<FastifyReply> {
  const rawQuery = queryOf(request);
  switch (rawParameter(rawQuery, 'operation')?.toLowerCase()) {
    case undefined:
      noteReason(request, 'operation-missing');
      return sendText(reply, 400, browserText);
    case 'pkioperation':
      return pkiOperation(useCases, request, reply, rawQuery);
    case 'getcacaps':
      return query(useCases, request, reply, 'GetCACaps');
    case 'getcacert':
      return query(useCases, request, reply, 'GetCACert');
    case 'getnextcacert':
      return query(useCases, request, reply, 'GetNextCACert');
    default:
      noteReason(request, 'operation-unknown');
      return sendText(reply, 400, 'There is no such SCEP operation.\n');
  }
}

async function query(
  useCases: ScepUseCases,
  request: ScepRequest,
  reply: FastifyReply,
  operation: QueryInput['operation'],
): Promise<FastifyReply> {
  const found = await useCases.answerQuery({ ...callOf(request), operation });
  switch (found.kind) {
    case 'answer':
      return sendBytes(reply, found.contentType, found.body);
    case 'unknown-profile':
      return unknownProfile(request, reply);
    case 'none':
      // RFC 8894 §4.7.1 leaves the error to the server; strongSwan and sscep read any but 200 as "there is none".
      return sendText(reply, 404, 'none\n');
  }
}

async function pkiOperation(
  useCases: ScepUseCases,
  request: ScepRequest,
  reply: FastifyReply,
  rawQuery: string,
): Promise<FastifyReply> {
  const { failures } = useCases;
  const call = callOf(request);
  const wait = await failures.retryAfter(call);
  if (wait > 0) {
    noteReason(request, 'too-many-failures');
    reply.header('retry-after', String(wait));
    return sendText(reply, 429, `Too many failed requests from your address. Try again in ${wait} seconds.\n`);
  }
  const message = messageOf(request, rawQuery);
  if (message === undefined) {
    noteReason(request, 'message-missing');
    await failures.failed(call);
    return sendText(
      reply,
      400,
      'PKIOperation needs a message: as the body of a POST, or Base64 in the query of a GET.\n',
    );
  }
  const result = await useCases.pkiOperation({ ...call, message });
  switch (result.kind) {
    case 'reply':
      if (result.reason !== null) noteReason(request, result.reason);
      if (result.outcome === 'failure') await failures.failed(call);
      else if (result.outcome !== 'public') await failures.succeeded(call);
      return sendBytes(reply, 'application/x-pki-message', result.message);
    case 'unknown-profile':
      return unknownProfile(request, reply);
    case 'unreadable':
      noteReason(request, 'message-unreadable');
      await failures.failed(call);
      return sendText(reply, 400, `The message is no SCEP message that can be answered (request ${request.id}).\n`);
  }
}

function unknownProfile(request: ScepRequest, reply: FastifyReply): FastifyReply {
  noteReason(request, 'profile-unknown');
  return sendText(reply, 404, 'There is no SCEP profile at this address.\n');
}

/** Undefined when there is none, or what there is cannot be decoded. */
function messageOf(request: ScepRequest, rawQuery: string): Uint8Array | undefined {
  if (request.method === 'POST') {
    const { body } = request;
    return body instanceof Uint8Array && body.length > 0 ? body : undefined;
  }
  try {
    return decodeGetMessage(rawQuery);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

function callOf(request: ScepRequest): Omit<PkiOperationInput, 'message'> {
  return {
    slug: request.params.slug,
    deliveryRef: request.params.ref ?? null,
    requestId: request.id,
    clientAddress: request.ip,
  };
}

/** As it stands in the request line: `+` must stay `+`. */
function queryOf(request: FastifyRequest): string {
  const { url } = request.raw;
  const at = url?.indexOf('?') ?? -1;
  return url === undefined || at < 0 ? '' : url.slice(at + 1);
}

function sendBytes(reply: FastifyReply, contentType: string, bytes: Uint8Array): FastifyReply {
  return reply
    .header('content-type', contentType)
    .header('cache-control', 'no-store')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(text);
}
