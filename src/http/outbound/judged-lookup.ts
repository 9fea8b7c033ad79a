/** Names become addresses that were judged: the connection goes to what was judged, and nowhere else. */
import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { judgeAddresses, type Resolved } from './judge-addresses.ts';

export type LookupOptions = {
  /** Networks of one's own, loopback included, there also by plain HTTP. Never link-local, multicast, reserved. */
  readonly privateAddresses: boolean;
  /** For tests. */
  readonly resolve?: (host: string, done: (error: Error | null, addresses: readonly Resolved[]) => void) => void;
};

export type AddressTrouble =
  | 'address-refused' // link-local, multicast, reserved; or private without being allowed
  | 'https-required' // plain HTTP beyond private networks
  | 'name-unknown';

/** What a connection fails with whose address is not allowed. */
export class Refused extends Error {
  readonly trouble: AddressTrouble;
  constructor(trouble: AddressTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

export function resolverOf(options: LookupOptions): NonNullable<LookupOptions['resolve']> {
  return options.resolve ?? ((host, done) => lookup(host, { all: true }, done));
}

/** Of a host that is an address already, which Node looks up nowhere; null: nothing against it, or it is a name. */
export function judgeLiteral(host: string, secure: boolean, options: LookupOptions): AddressTrouble | null {
  return isIP(host) === 0 ? null : judge([{ address: host, family: isIP(host) }], secure, options);
}

export function judgedLookup(secure: boolean, options: LookupOptions): LookupFunction {
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

export function judge(
  addresses: readonly Resolved[],
  secure: boolean,
  { privateAddresses }: LookupOptions,
): AddressTrouble | null {
  const { kind, allowed } = judgeAddresses(addresses, privateAddresses);
  if (!allowed) return 'address-refused';
  // What goes there is for the receiver alone.
  return secure || kind === 'private' ? null : 'https-required';
}
