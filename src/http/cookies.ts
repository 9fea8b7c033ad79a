/** Cookies, as far as a session needs them (RFC 6265bis). */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Of a request; of several with one name the first, which is the one with the longest path. */
export function cookieOf(request: FastifyRequest, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}

export type CookieOptions = {
  /** `Lax`: also when another site sends the browser here. */
  readonly sameSite: 'Strict' | 'Lax';
  /** Seconds; null: until the browser is closed. */
  readonly maxAge: number | null;
};

/**
 * The name of a cookie on this connection. With HTTPS its prefix makes browsers see to it that no other host and no plain
 * HTTP has set it; plain HTTP is for this machine only (`secure-transport.ts`), and a cookie of HTTPS is none there.
 */
export function cookieName(request: FastifyRequest, name: string): string {
  return request.protocol === 'https' ? `__Host-${name}` : name;
}

/** `value`: nothing that needs quoting. No script sees it. */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  value: string,
  { sameSite, maxAge }: CookieOptions,
): void {
  const attributes = [
    `${cookieName(request, name)}=${value}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(request.protocol === 'https' ? ['Secure'] : []),
    ...(maxAge === null ? [] : [`Max-Age=${maxAge}`]),
  ];
  const before = reply.getHeader('set-cookie');
  const earlier = before === undefined ? [] : [before].flat().map(String);
  reply.header('set-cookie', [...earlier, attributes.join('; ')]);
}
