import type { FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../lib/failure.ts';

/** The version that an edit was made from: `If-Match: "3"`. Failure `if-match-missing` (428 by RFC 6585) or `if-match-malformed`. */
export function versionFromIfMatch(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined)
    throw new Failure(
      'precondition',
      'if-match-missing',
      'Send If-Match with the ETag of what you edited, so that nobody’s change is overwritten unseen.',
    );
  const match = /^"(\d{1,15})"$/.exec(header);
  if (match === null)
    throw new Failure(
      'malformed',
      'if-match-malformed',
      'If-Match must be an ETag as this API hands them out, such as "3".',
    );
  return Number(match[1]);
}

export function sendVersion(reply: FastifyReply, version: number): void {
  reply.header('etag', `"${version}"`);
}
