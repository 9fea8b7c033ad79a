import type { FastifyRequest } from 'fastify';
import { Failure } from '../lib/failure.ts';

/**
 * Throws `Failure` `forbidden` `https-needed` for secrets over plain HTTP, unless both ends are this machine, or a
 * trusted proxy says that it was HTTPS. Forwarding headers that nobody trusts count as "came from elsewhere".
 */
export function requireSecureTransport(request: FastifyRequest): void {
  if (request.protocol === 'https') return;
  if (isLoopback(request.ip) && !isForwarded(request)) return;
  throw new Failure(
    'forbidden',
    'https-needed',
    'This address carries secrets and answers plain HTTP on this machine only. Use https://, or name the proxy in front in SCEPWARD_TRUSTED_PROXIES.',
  );
}

/** A proxy on this machine that is not trusted makes strangers look local. A trusted one has rewritten `request.ip`. */
function isForwarded(request: FastifyRequest): boolean {
  const { headers } = request;
  if (headers['x-forwarded-for'] === undefined && headers.forwarded === undefined) return false;
  return request.ip === request.socket.remoteAddress;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
