/**
 * The only way in which this server calls an address that somebody typed. The name is resolved once, every address it
 * stands for is judged, and the connection goes to what was judged: a second look at the name cannot lead elsewhere.
 */
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { getCACertificates, TLSSocket } from 'node:tls';
import type {
  ProbeAnswer,
  ProbeTarget,
  ProbeTls,
  ProbeTransport,
  ProbeTrouble,
} from '../../delivery/probe/probe-transport.ts';
import { toPem } from '../../formats/x509/pem.ts';
import { concatBytes } from '../../lib/bytes.ts';
import { second } from '../../lib/clock.ts';
import { judgeAddresses, type Resolved } from './judge-addresses.ts';

export type ProbeTransportOptions = {
  /** `SCEPWARD_PROBE_PRIVATE=allow`: networks of one's own, loopback included. Never link-local, multicast, reserved. */
  readonly privateAddresses: boolean;
  /** ms for one server, from its name to the last byte. Default 10 s. */
  readonly deadline?: number;
  /** Bytes of an answer. Default 256 KiB. */
  readonly largest?: number;
  /** For tests. */
  readonly resolve?: (host: string) => Promise<readonly Resolved[]>;
};

type Limits = { readonly deadline: number; readonly largest: number };

export function probeTransport(options: ProbeTransportOptions): ProbeTransport {
  const { privateAddresses, deadline = 10 * second, largest = 256 * 1024 } = options;
  const resolve = options.resolve ?? ((host) => lookup(host, { all: true }));
  return {
    async open(url, anchors) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        return trouble('address-refused', `${url.protocol} is not asked: only http and https are.`);
      if (url.username !== '' || url.password !== '')
        return trouble('address-refused', 'The address holds a user name or password, which is not sent anywhere.');
      const signal = AbortSignal.timeout(deadline);
      // WHATWG URLs hold 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1 already, and IPv6 in brackets.
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      const resolved = await resolveWithin(resolve, host, signal);
      if ('kind' in resolved) return resolved;
      const refusal = refuse(resolved, privateAddresses);
      const [first] = resolved;
      if (refusal !== null || first === undefined)
        return refusal ?? trouble('name-unknown', `The name ${host} has no address.`);
      return target(url, first, resolved, { anchors, signal, limits: { deadline, largest } });
    },
  };
}

function refuse(resolved: readonly Resolved[], privateAddresses: boolean): ProbeTrouble | null {
  const { kind, allowed } = judgeAddresses(resolved, privateAddresses);
  if (kind === 'never')
    return trouble(
      'address-refused',
      'The address is a link-local, multicast or reserved one: no SCEP server is there, and it is not asked.',
    );
  return !allowed
    ? trouble(
        'address-refused',
        'The address is this machine’s or one of a private network, which are asked only where the server runs with SCEPWARD_PROBE_PRIVATE=allow.',
      )
    : null;
}

async function resolveWithin(
  resolve: (host: string) => Promise<readonly Resolved[]>,
  host: string,
  signal: AbortSignal,
): Promise<readonly Resolved[] | ProbeTrouble> {
  const late = Promise.withResolvers<ProbeTrouble>();
  const onAbort = () => late.resolve(trouble('too-slow', `The name ${host} was not resolved in time.`));
  signal.addEventListener('abort', onAbort);
  try {
    const unknown = (cause: NodeJS.ErrnoException) =>
      trouble('name-unknown', `The name ${host} cannot be resolved (${cause.code ?? 'no reason given'}).`);
    return await Promise.race([late.promise, resolve(host).catch(unknown)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

type Calling = { readonly anchors: readonly Uint8Array[]; readonly signal: AbortSignal; readonly limits: Limits };

function target(url: URL, first: Resolved, resolved: readonly Resolved[], calling: Calling): ProbeTarget {
  const pinned: LookupFunction = (_host, options, done) => {
    if (options.all) done(null, [...resolved]);
    else done(null, first.address, first.family);
  };
  const secure = url.protocol === 'https:';
  return {
    address: first.address,
    get(query) {
      const address = new URL(url);
      address.search = address.search === '' ? `?${query}` : `${address.search}&${query}`;
      address.hash = '';
      return new Promise((resolve) => {
        const fail = (error: NodeJS.ErrnoException) => resolve(troubleOf(error, url, calling));
        const options = {
          method: 'GET',
          agent: false,
          lookup: pinned,
          signal: calling.signal,
          maxHeaderSize: 16 * 1024,
          headers: { 'user-agent': 'Scepward probe', accept: '*/*', connection: 'close' },
        } as const;
        const outgoing = secure
          ? httpsRequest(address, { ...options, ...tlsOptions(calling.anchors) })
          : httpRequest(address, options);
        outgoing.on('error', fail);
        outgoing.on('response', (incoming) => {
          read(incoming, url, calling)
            .then(resolve, fail)
            .finally(() => outgoing.destroy());
        });
        outgoing.end();
      });
    },
  };
}

/** Whatever certificate comes is looked at and judged afterwards: nothing is sent that could be given away. */
function tlsOptions(anchors: readonly Uint8Array[]) {
  const ca = [...getCACertificates('default'), ...anchors.map((der) => toPem('CERTIFICATE', der))];
  return { rejectUnauthorized: false, ca, allowPartialTrustChain: true };
}

async function read(incoming: IncomingMessage, url: URL, { limits }: Calling): Promise<ProbeAnswer | ProbeTrouble> {
  const status = incoming.statusCode ?? 0;
  const tls = incoming.socket instanceof TLSSocket ? seen(incoming.socket) : null;
  if (status >= 300 && status < 400)
    return trouble('redirected', `${url.origin} sends on to another address (${status}); devices do not follow.`);
  if (status !== 200) return trouble('http-status', `${url.origin} answered with HTTP status ${status}.`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > limits.largest)
      return trouble('too-large', `${url.origin} sends more than ${limits.largest} bytes; no SCEP server needs that.`);
    parts.push(part);
  }
  const contentType = (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return { kind: 'answer', contentType, body: concatBytes(parts), tls };
}

const longestChain = 10;

function seen(socket: TLSSocket): ProbeTls {
  const certificates: Uint8Array[] = [];
  let peer = socket.getPeerCertificate(true);
  while (peer.raw !== undefined && certificates.length < longestChain) {
    certificates.push(new Uint8Array(peer.raw));
    if (peer.issuerCertificate === undefined || peer.issuerCertificate === peer) break;
    peer = peer.issuerCertificate;
  }
  // The type says Error; Node gives the code alone where the chain is at fault.
  const error: unknown = socket.authorizationError;
  const reason = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : (error ?? null);
  return {
    certificates,
    trusted: socket.authorized,
    reason: socket.authorized ? null : String(reason ?? 'unknown'),
    protocol: socket.getProtocol() ?? 'unknown',
  };
}

function troubleOf(error: NodeJS.ErrnoException, url: URL, { signal, limits }: Calling): ProbeTrouble {
  if (signal.aborted)
    return trouble('too-slow', `${url.origin} did not answer to the end within ${limits.deadline / second} s.`);
  const code = error.code ?? 'no reason given';
  if (/^HPE_/.test(code)) return trouble('not-http', `What listens at ${url.origin} speaks no HTTP (${code}).`);
  if (/^(EPROTO|ERR_SSL|ERR_TLS)/.test(code))
    return trouble('tls-failed', `No TLS 1.2 or 1.3 connection with ${url.origin} came about (${code}).`);
  return trouble('unreachable', `${url.origin} cannot be reached (${code}).`);
}

function trouble(code: ProbeTrouble['code'], detail: string): ProbeTrouble {
  return { kind: 'trouble', code, detail };
}
