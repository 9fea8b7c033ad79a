import { serverTlsCertificate } from '../authority/server-tls-certificate.ts';
import type { TlsConfig } from '../config/config.ts';
import { systemCause } from '../events/event.ts';
import type { TlsIdentity } from '../http/listener.ts';
import { readTlsFiles } from '../http/tls-files.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import type { OwnAddresses } from './own-addresses.ts';

/** What HTTPS is served with: the operator's files, or a certificate of our own default authority. */
export async function tlsIdentity(
  foundation: Foundation,
  authority: AuthorityFeature,
  addresses: OwnAddresses,
  tls: TlsConfig,
): Promise<TlsIdentity> {
  if (tls.files !== null) return readTlsFiles({ cert: tls.files.certificate, key: tls.files.key });
  const { store, clock, secret } = foundation;
  const { certificatePem, keyPem } = await serverTlsCertificate(
    { ...store, clock, secret, context: await authority.issuing.active(null) },
    { hosts: hosts(addresses, tls), cause: systemCause },
  );
  return { cert: certificatePem, key: keyPem };
}

/** Names under which clients may call: what we listen on, what we are known by, and this machine. */
function hosts(addresses: OwnAddresses, { listen }: TlsConfig): readonly string[] {
  const everywhere = listen.host === '0.0.0.0' || listen.host === '::';
  const known = new URL(addresses.publicUrl).hostname.replace(/^\[(.*)\]$/, '$1');
  return [...new Set([...(everywhere ? [] : [listen.host]), known, 'localhost', '127.0.0.1'])];
}
