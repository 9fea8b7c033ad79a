/** A listening socket: plain HTTP or HTTPS. Several may serve the same routes. */
import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Failure } from '../lib/failure.ts';

/** PEM. */
export type TlsIdentity = { readonly cert: string; readonly key: string };

export type ListenerOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: TlsIdentity | undefined;
};

export type Listener = {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** For TLS: what new connections are served with from now on. Throws `Failure` `misconfigured` and keeps the old when it does not do. */
  renewTls(identity: TlsIdentity): void;
  /** Takes no new connections, ends idle ones, lets requests finish; what is left after `grace` milliseconds is cut. */
  stop(grace: number): Promise<void>;
};

/** A GET PKIOperation stands in the request line: certmonger's is 4 kB, renewals with RSA-4096 keys and long challenges 40 kB. */
export const maxHeaderSize = 64 * 1024;

const common: ServerOptions = {
  maxHeaderSize,
  // A client that dawdles holds a connection, nothing else; these bound for how long, looked after every 5 s.
  connectionsCheckingInterval: 5000,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 15_000,
};

/** Throws `Failure` `misconfigured` when the address is taken or the certificate does not do. */
export async function openListener(options: ListenerOptions, onRequest: RequestListener): Promise<Listener> {
  const server = newServer(options.tls, onRequest);
  server.on('clientError', refuseBrokenRequest);
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    renewTls: (identity) => renewTls(server, identity),
    stop: (grace) => stop(server, grace),
  };
}

function newServer(tls: TlsIdentity | undefined, onRequest: RequestListener): Server | HttpsServer {
  if (tls === undefined) return createHttpServer(common, onRequest);
  try {
    return createHttpsServer({ ...common, ...tls, minVersion: 'TLSv1.2' }, onRequest);
  } catch (error) {
    throw badIdentity(error);
  }
}

function renewTls(server: Server | HttpsServer, identity: TlsIdentity): void {
  if (!('setSecureContext' in server)) return;
  try {
    server.setSecureContext({ ...identity, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw badIdentity(error);
  }
}

function badIdentity(cause: unknown): Failure {
  return new Failure(
    'misconfigured',
    'tls-identity-unusable',
    'The TLS certificate and key do not parse or do not belong together.',
    {},
    { cause },
  );
}

function listening(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process listens there' : cause.message;
      reject(
        new Failure(
          'misconfigured',
          'cannot-listen',
          `Cannot listen on ${host}:${port}: ${why}.`,
          { host, port },
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

function stop(server: Server, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    // Connections become idle one by one, as their last answers leave.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** What is not HTTP, or too long for us, is answered once and cut off. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const line =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${line}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
