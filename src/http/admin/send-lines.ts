import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { keepViewer } from '../../access/viewing.ts';

export const lineType = 'application/x-ndjson';

/** JSON lines as they come; the batches hold some each. Whoever hangs up ends the work. */
export function sendLines(reply: FastifyReply, batches: AsyncIterable<readonly unknown[]>): FastifyReply {
  return reply.header('content-type', `${lineType}; charset=utf-8`).send(Readable.from(texts(keepViewer(batches))));
}

async function* texts(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  for await (const items of batches)
    if (items.length > 0) yield items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
