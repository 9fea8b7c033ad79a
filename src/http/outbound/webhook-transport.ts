/**
 * How webhooks are called. Each connection goes to an address that was judged for it, and stays open for the next message;
 * a name that comes to mean something else is judged anew. TLS is checked as usual, by Node's certificates and those of
 * NODE_EXTRA_CA_CERTS.
 */
import { lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type Clock, second } from '../../lib/clock.ts';
import type { WebhookAnswer, WebhookCall, WebhookTransport, WebhookTrouble } from '../../webhooks/webhook-transport.ts';
import { judgeAddresses, type Resolved } from './judge-addresses.ts';

export type WebhookTransportOptions = {
  /** `SCEPWARD_WEBHOOK_PRIVATE=allow`: networks of one's own, loopback included, there also by plain HTTP. */
  readonly privateAddresses: boolean;
  readonly clock: Pick<Clock, 'now'>;
  /** For tests. */
  readonly resolve?: (host: string, done: (error: Error | null, addresses: readonly Resolved[]) => void) => void;
};

/** A connection that was not used for this long is closed: the name is judged anew with the next one. */
const idle = 15 * second;
/** ms that somebody who saves a webhook waits for what its name stands for. */
const patience = 3 * second;
/** Bytes of an answer; beyond them the connection is closed. */
const largestAnswer = 64 * 1024;

export function webhookTransport(options: WebhookTransportOptions): WebhookTransport & Disposable {
  const agent = { keepAlive: true, keepAliveMsecs: idle, timeout: idle, maxFreeSockets: 4 };
  const http = new HttpAgent(agent);
  const https = new HttpsAgent({ ...agent, minVersion: 'TLSv1.2' });
  return {
    post(call) {
      const url = new URL(call.url);
      const secure = url.protocol === 'https:';
      const host = hostOf(url);
      const refusal = isIP(host) === 0 ? null : judge([{ address: host, family: isIP(host) }], secure, options);
      if (refusal !== null) return Promise.resolve({ kind: 'trouble', code: refusal });
      return new Promise((resolve) => {
        const settings = {
          method: 'POST',
          lookup: judgedLookup(secure, options),
          signal: call.signal,
          maxHeaderSize: 16 * 1024,
          headers: {
            ...call.headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(call.body),
            'user-agent': 'Scepward webhook',
          },
        };
        const outgoing = secure
          ? httpsRequest(url, { ...settings, agent: https })
          : httpRequest(url, { ...settings, agent: http });
        outgoing.on('error', (error) => resolve({ kind: 'trouble', code: troubleOf(error, call) }));
        outgoing.on('response', (incoming) => {
          drain(incoming);
          resolve(answerOf(incoming, options.clock.now()));
        });
        outgoing.end(call.body);
      });
    },
    async refusal(text) {
      const url = new URL(text);
      const addresses = await addressesOf(hostOf(url), options);
      return addresses.length === 0 ? null : judge(addresses, url.protocol === 'https:', options);
    },
    [Symbol.dispose]() {
      http.destroy();
      https.destroy();
    },
  };
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** None: nobody knows the name, or nobody says in time. */
function addressesOf(host: string, options: WebhookTransportOptions): Promise<readonly Resolved[]> {
  if (isIP(host) !== 0) return Promise.resolve([{ address: host, family: isIP(host) }]);
  const { promise, resolve } = Promise.withResolvers<readonly Resolved[]>();
  const timer = setTimeout(() => resolve([]), patience);
  resolverOf(options)(host, (error, addresses) => {
    clearTimeout(timer);
    resolve(error === null ? (addresses ?? []) : []);
  });
  return promise;
}

function resolverOf(options: WebhookTransportOptions): NonNullable<WebhookTransportOptions['resolve']> {
  return options.resolve ?? ((host, done) => lookup(host, { all: true }, done));
}

/** So that the connection can be used again; who sends without end is cut off. */
function drain(incoming: IncomingMessage): void {
  let length = 0;
  incoming.on('data', (part: Uint8Array) => {
    length += part.length;
    if (length > largestAnswer) incoming.destroy();
  });
  incoming.on('error', () => {});
}

function answerOf(incoming: IncomingMessage, now: number): WebhookAnswer {
  const status = incoming.statusCode ?? 0;
  return { kind: 'answer', status, retryAfter: retryAfterOf(incoming.headers['retry-after'], now) };
}

/** ms. RFC 9110 §10.2.3: seconds, or a date. Null for what is neither. */
export function retryAfterOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * second;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

class Refused extends Error {
  readonly trouble: WebhookTrouble;
  constructor(trouble: WebhookTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

function judgedLookup(secure: boolean, options: WebhookTransportOptions): LookupFunction {
  const resolve = resolverOf(options);
  return (host, wanted, done) =>
    resolve(host, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return done(new Refused('name-unknown'), '');
      const refusal = judge(addresses, secure, options);
      if (refusal !== null) return done(new Refused(refusal), '');
      if (wanted.all === true) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
}

function judge(
  addresses: readonly Resolved[],
  secure: boolean,
  { privateAddresses }: WebhookTransportOptions,
): WebhookTrouble | null {
  const { kind, allowed } = judgeAddresses(addresses, privateAddresses);
  if (!allowed) return 'address-refused';
  // What events say is for the receiver alone.
  return secure || kind === 'private' ? null : 'https-required';
}

function troubleOf(error: NodeJS.ErrnoException, { signal }: WebhookCall): WebhookTrouble {
  if (error instanceof Refused) return error.trouble;
  if (signal.aborted) return 'too-slow';
  const code = error.code ?? '';
  if (code.startsWith('HPE_')) return 'not-http';
  if (/^(EPROTO|ERR_SSL|ERR_TLS|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)) return 'tls-failed';
  return 'unreachable';
}
