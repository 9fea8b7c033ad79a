import { isIP } from 'node:net';
import type { RelyingParty } from '../access/passkey.ts';
import { Failure } from '../lib/failure.ts';
import type { OwnAddresses } from './own-addresses.ts';

/**
 * Who we are for authenticators: the host of the address at which administrators open the console. Passkeys know no numeric
 * addresses; on this machine `localhost` stands for them. Failure `passkeys-need-name`.
 */
export function relyingPartyOf({ adminUrl, origins }: Pick<OwnAddresses, 'adminUrl' | 'origins'>): RelyingParty {
  const url = new URL(adminUrl);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isLoopback(host)) {
    const local = [adminUrl, ...origins].map((each) => new URL(each)).filter(({ hostname }) => isLoopback(hostname));
    const named = local.map(({ protocol, port }) => `${protocol}//localhost${port === '' ? '' : `:${port}`}`);
    return { id: 'localhost', name: 'Scepward', origins: [...new Set(named)] };
  }
  if (isIP(host) === 0) return { id: host, name: 'Scepward', origins: [url.origin] };
  throw new Failure(
    'invalid',
    'passkeys-need-name',
    `Passkeys need an address with a name, and administrators reach this server at ${url.origin}. Set SCEPWARD_ADMIN_URL.`,
    { address: url.origin },
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
