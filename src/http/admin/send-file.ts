import type { FastifyReply } from 'fastify';

/** As a download; `name` is ours and plain ASCII. */
export function sendFile(
  reply: FastifyReply,
  name: string,
  contentType: string,
  content: string | Uint8Array,
): FastifyReply {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  return reply
    .header('content-type', contentType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('x-content-type-options', 'nosniff')
    .send(bytes);
}
