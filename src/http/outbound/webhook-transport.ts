/**
 * How webhooks are called. Each connection goes to an address that was judged for it, and stays open for the next message;
 * a name that comes to mean something else is judged anew. TLS is checked as usual, by Node's certificates and those of
 * NODE_EXTRA_CA_CERTS.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type Clock, second } from '../../lib/clock.ts';
import type { WebhookAnswer, WebhookCall, WebhookTransport, WebhookTrouble } from '../../webhooks/webhook-transport.ts';
import type { Resolved } from './judge-addresses.ts';
import { hostOf, judge, judgedLookup, judgeLiteral, type LookupOptions, Refused, resolverOf } from './judged-lookup.ts';

/** `privateAddresses`: `SCEPWARD_WEBHOOK_PRIVATE=allow`. */
export type WebhookTransportOptions = LookupOptions & { readonly clock: Pick<Clock, 'now'> };

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
      const refusal = judgeLiteral(hostOf(url), secure, options);
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

function troubleOf(error: NodeJS.ErrnoException, { signal }: WebhookCall): WebhookTrouble {
  if (error instanceof Refused) return error.trouble;
  if (signal.aborted) return 'too-slow';
  const code = error.code ?? '';
  if (code.startsWith('HPE_')) return 'not-http';
  if (/^(EPROTO|ERR_SSL|ERR_TLS|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)) return 'tls-failed';
  return 'unreachable';
}
