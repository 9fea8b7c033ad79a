import { writePrivateKeyPem } from '../crypto/private-key-file.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { IssuerId } from './issuer.ts';
import type { KeyStore } from './key-store.ts';
import { findIssuer } from './publish-crl.ts';
import { openStoredKey } from './stored-key.ts';

export type ExportKeyDeps = {
  readonly transact: Transact;
  readonly authorities: AuthorityStore;
  readonly keys: KeyStore;
  readonly events: EventLog;
  readonly secret: Uint8Array;
};

/** Characters. */
const shortest = 12;

/**
 * An issuer's or root's private key as PKCS#8 PEM, encrypted under a passphrase. Throws `Failure` `passphrase-short`,
 * `issuer-unknown`, `key-missing`, `key-removed`.
 */
export async function exportKey(
  deps: ExportKeyDeps,
  { issuerId, passphrase, cause }: { readonly issuerId: IssuerId; readonly passphrase: string; readonly cause: Cause },
): Promise<string> {
  if ([...passphrase].length < shortest)
    throw new Failure('invalid', 'passphrase-short', `The passphrase must have at least ${shortest} characters.`);
  const { issuer } = await findIssuer(deps.authorities, issuerId);
  const key = await deps.keys.get(issuer.keyId);
  if (key === null) throw new Failure('not-found', 'key-missing', `The key of ${issuer.slug} is not in the store.`);
  const pem = writePrivateKeyPem(openStoredKey(deps.secret, key), passphrase);
  await deps.transact(() =>
    deps.events.append([
      {
        type: 'authority.changed',
        cause,
        subjects: [{ kind: 'issuer', id: issuerId }],
        data: { change: 'key-exported', purpose: key.purpose },
      },
    ]),
  );
  return pem;
}
