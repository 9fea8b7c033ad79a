/**
 * The console: files that a build has made. An address that no route owns is one of its pages, which the browser's router
 * knows; whoever asks for it wants HTML, or is told that there is nothing.
 */
import { createReadStream } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../lib/failure.ts';
import { type BuiltFile, type BuiltFiles, type Encoding, encodingSuffix } from './built-files.ts';
import { fileHeaders, pageHeaders } from './security-headers.ts';

const page = '/index.html';
const options = { config: { permission: 'public' } } as const;

export function registerConsoleRoutes(app: FastifyInstance, files: BuiltFiles): void {
  app.get('/', options, (request, reply) => sendPage(files, request, reply));
  app.get('/favicon.svg', options, (request, reply) => sendNamed(files, request, reply, 'public, max-age=86400'));
  // Their names hold a hash of what is in them.
  app.get('/assets/*', options, (request, reply) =>
    sendNamed(files, request, reply, 'public, max-age=31536000, immutable'),
  );
}

/** For addresses that no route owns. Answers false to whoever does not navigate. */
export function consolePages(files: BuiltFiles) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    if (!wantsPage(request)) return false;
    await sendPage(files, request, reply);
    return true;
  };
}

function wantsPage({ method, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
}

async function sendPage(files: BuiltFiles, request: FastifyRequest, reply: FastifyReply) {
  const file = await files.find(page);
  if (file === undefined) throw new Failure('not-found', 'not-found', 'There is nothing at this address.');
  return sendFile(request, reply.headers(pageHeaders).header('cache-control', 'no-cache'), file);
}

async function sendNamed(files: BuiltFiles, request: FastifyRequest, reply: FastifyReply, caching: string) {
  const file = await files.find(request.url.split('?')[0] ?? '');
  if (file === undefined) throw new Failure('not-found', 'not-found', 'There is nothing at this address.');
  return sendFile(request, reply.header('cache-control', caching), file);
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: BuiltFile) {
  const encoding = chooseEncoding(request.headers['accept-encoding'], file.encodings);
  reply.headers(fileHeaders).header('vary', 'accept-encoding').header('etag', file.etag);
  // RFC 9110 §13.1.2; ours are weak, for all encodings alike.
  if (matches(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  reply.type(file.contentType);
  if (encoding === undefined) return reply.send(createReadStream(file.path));
  return reply.header('content-encoding', encoding).send(createReadStream(`${file.path}${encodingSuffix[encoding]}`));
}

function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => one.trim() === etag || one.trim() === '*') ?? false;
}

/** RFC 9110 §12.5.3, as far as it matters: the first of ours that is not refused. */
function chooseEncoding(header: string | undefined, there: readonly Encoding[]): Encoding | undefined {
  const accepted = new Map(
    (header ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return there.find((encoding) => (accepted.get(encoding) ?? 0) > 0);
}
