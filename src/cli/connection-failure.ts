import { Failure } from '../lib/failure.ts';

/** Codes of OpenSSL and Node for a certificate that leads to nobody we trust, or to another name. */
const distrust =
  /^(?:UNABLE_TO_|SELF_SIGNED_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|CERT_|INVALID_CA$|INVALID_PURPOSE$|ERR_TLS_CERT_ALTNAME_INVALID$)/;

/** Why `fetch` got no answer from `url`: `server-not-trusted`, `not-http` or `server-unreachable`. */
export function connectionFailure(url: string, error: unknown): Failure {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const params = { url, ...(code !== '' && { cause: code }) };
  const failure = (name: string, message: string) =>
    new Failure('unavailable', name, message, params, { cause: error });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return failure(
      'server-not-trusted',
      `The certificate of the server at ${url} is made for another name. Set SCEPWARD_URL to a name that stands in it.`,
    );
  if (distrust.test(code))
    return failure(
      'server-not-trusted',
      `The certificate of the server at ${url} is not trusted (${code}). If our own authority issued it, set NODE_EXTRA_CA_CERTS to a file with its PEM, which authority export gives on the server.`,
    );
  if (code.startsWith('ERR_SSL_'))
    return failure(
      'not-http',
      `What listens at ${url} speaks no HTTPS (${code}). See SCEPWARD_URL: its scheme and port.`,
    );
  if (code.startsWith('HPE_') || (cause instanceof Error && cause.name === 'HTTPParserError'))
    return failure('not-http', `What listens at ${url} speaks no HTTP. See SCEPWARD_URL: its scheme and port.`);
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET')
    return failure(
      'server-unreachable',
      `The server at ${url} hung up without an answer. See SCEPWARD_URL, whether it must begin with https, and the server's log.`,
    );
  return failure(
    'server-unreachable',
    `No server answers at ${url}${code && ` (${code})`}. Start one with: bin/scepward serve (or npm start), or set SCEPWARD_URL.`,
  );
}
