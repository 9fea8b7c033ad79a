import { Failure } from '../lib/failure.ts';

/**
 * Base address of CDP, AIA and OCSP, without trailing slash. It goes into every certificate, so it is checked before
 * the first one. Throws `Failure` `pki-url-invalid` or, unless loopback is good enough (demo), `pki-url-loopback`.
 */
export function parsePkiUrl(text: string, { allowLoopback }: { readonly allowLoopback: boolean }): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (url === undefined || !plain || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Failure(
      'invalid',
      'pki-url-invalid',
      'The address for CRL, OCSP and CA certificates must be an http or https address without query. Set SCEPWARD_PKI_URL.',
      { url: text },
    );
  if (!allowLoopback && isLoopback(url.hostname))
    throw new Failure(
      'invalid',
      'pki-url-loopback',
      `Devices cannot reach ${text}, and the address goes into every certificate. Set SCEPWARD_PKI_URL to a name they can reach.`,
      { url: text },
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.');
}
