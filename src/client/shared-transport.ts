import { sha256Hex } from '../crypto/digest.ts';
import { type HttpTransport, httpTransport, type TransportTrust } from './http-transport.ts';

/** Transports for many simulated devices: those that trust the same share connections, until all is disposed of. */
export function sharedTransport(sockets: number): AsyncDisposable & {
  readonly open: (trust: TransportTrust) => HttpTransport;
} {
  const shared = new Map<string, HttpTransport>();
  return {
    open(trust) {
      const key = trust.kind === 'not-yet' ? trust.kind : `${trust.kind} ${trust.anchors.map(sha256Hex).join(' ')}`;
      const transport = shared.get(key) ?? httpTransport(trust, { sockets });
      shared.set(key, transport);
      return { send: transport.send, async [Symbol.asyncDispose]() {} };
    },
    async [Symbol.asyncDispose]() {
      for (const transport of shared.values()) await transport[Symbol.asyncDispose]();
      shared.clear();
    },
  };
}
