import { publicKeyOf } from '../crypto/key-pair.ts';
import { readPrivateKeyPem } from '../crypto/private-key-file.ts';
import type { Cause } from '../events/event.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { sameBytes } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { IssuerId } from './issuer.ts';
import type { KeyStore } from './key-store.ts';
import { findIssuer, type PublishCrlDeps, publishCrl } from './publish-crl.ts';

export type RemoveRootKey = {
  readonly issuerId: IssuerId;
  /** What `exportKey` gave, read back from where it is kept, with its passphrase: proof that the key is not lost. */
  readonly exported: string;
  readonly passphrase: string;
  readonly cause: Cause;
};

/**
 * Forgets a root's private key, so that nobody who takes this installation can make an authority. A last CRL, good until
 * the root's end, is left behind. Throws `Failure` `issuer-unknown`, `not-a-root`, `key-removed`, `key-not-the-root`, or
 * as `readPrivateKeyPem` does.
 */
export async function removeRootKey(
  deps: PublishCrlDeps & { readonly keys: KeyStore },
  input: RemoveRootKey,
): Promise<void> {
  const { issuerId, cause } = input;
  const { issuer } = await findIssuer(deps.authorities, issuerId);
  const key = await deps.keys.get(issuer.keyId);
  if (key?.purpose !== 'root')
    throw new Failure('invalid', 'not-a-root', `${issuer.slug} is not a root of ours; its key is needed every day.`);
  if (!sameBytes(publicKeyOf(readPrivateKeyPem(input.exported, input.passphrase)), key.publicKey))
    throw new Failure(
      'invalid',
      'key-not-the-root',
      `The exported key is not that of ${issuer.slug}; nothing was removed.`,
    );
  const lifetime = parseCertificate(issuer.certificate).notAfter - deps.clock.now();
  for (let shard = 0; shard < issuer.shards; shard++) await publishCrl(deps, { issuerId, shard, lifetime, cause });
  await deps.transact(async () => {
    await deps.keys.forget(key.id);
    await deps.events.append([
      {
        type: 'authority.changed',
        cause,
        subjects: [{ kind: 'issuer', id: issuerId }],
        data: { change: 'key-removed', purpose: key.purpose },
      },
    ]);
  });
}
