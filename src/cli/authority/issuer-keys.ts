/** Taking private keys of authorities out of an installation: on the machine itself, never over the network. */
import { exportKey } from '../../authority/export-key.ts';
import type { IssuerId } from '../../authority/issuer.ts';
import { removeRootKey } from '../../authority/remove-root-key.ts';
import { systemCause } from '../../events/event.ts';
import { Failure } from '../../lib/failure.ts';
import type { Store } from '../../store/store.ts';
import { openInstallation } from '../open-installation.ts';

/** PKCS#8 PEM, encrypted under the passphrase. Failures: those of `exportKey`, `issuer-unknown`. */
export async function exportIssuerKey(slug: string, passphrase: string): Promise<string> {
  await using installation = await openInstallation('demand');
  const { store, secret } = installation.foundation;
  const issuerId = await findIssuer(store, slug);
  return await exportKey({ ...store, secret }, { issuerId, passphrase, cause: systemCause });
}

/** Failures: those of `removeRootKey`, `issuer-unknown`. */
export async function forgetRootKey(slug: string, exported: string, passphrase: string): Promise<void> {
  await using installation = await openInstallation('demand');
  const { foundation, authority } = installation;
  const { store, clock, leases } = foundation;
  const issuerId = await findIssuer(store, slug);
  const deps = { ...store, clock, signerFor: authority.signerFor, withLease: leases.withLease };
  await removeRootKey(deps, { issuerId, exported, passphrase, cause: systemCause });
}

async function findIssuer({ authorities }: Store, slug: string): Promise<IssuerId> {
  const issuers = await authorities.issuers();
  const found = issuers.find((issuer) => issuer.slug === slug || issuer.id === slug);
  if (found !== undefined) return found.id;
  const known = issuers.map((issuer) => issuer.slug).join(', ');
  throw new Failure('not-found', 'issuer-unknown', `There is no issuer “${slug}”. There are: ${known || 'none'}.`, {
    issuer: slug,
  });
}
