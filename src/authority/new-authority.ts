import type { Cause, EventType } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { CrlStore, PublishedCrl } from './crl-store.ts';
import type { Authority, Issuer } from './issuer.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

export type NewAuthorityPorts = {
  readonly transact: Transact;
  readonly authorities: AuthorityStore;
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
  readonly crls: CrlStore;
  readonly events: EventLog;
};

/** An authority with all that belongs to it, made and signed, not stored yet. */
export type NewAuthority = {
  readonly authority: Authority;
  readonly issuers: readonly Issuer[];
  readonly keys: readonly StoredKey[];
  readonly certificates: readonly Certificate[];
  readonly crls: readonly PublishedCrl[];
};

export type AuthorityNaming = {
  readonly name: string;
  readonly slug: string;
};

/** Throws `Failure` `authority-name-invalid` or `authority-slug-invalid`. */
export function checkNaming({ name, slug }: AuthorityNaming): void {
  // O and, with an addition, CN of our certificates: 64 characters at most.
  if (name.trim() !== name || name === '' || [...name].length > 48 || /\p{Cc}/u.test(name))
    throw new Failure(
      'invalid',
      'authority-name-invalid',
      'The name of an authority must have 1 to 48 characters: it becomes part of the names of its certificates.',
    );
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(slug))
    throw new Failure(
      'invalid',
      'authority-slug-invalid',
      'The slug of an authority must have 1 to 40 lower-case letters, digits and hyphens: it becomes part of addresses.',
      { slug },
    );
}

/** Stores all of it in one transaction. Throws `Failure` `authority-exists`. */
export async function storeNewAuthority(
  ports: NewAuthorityPorts,
  made: NewAuthority,
  event: Extract<EventType, 'authority.created' | 'authority.imported'>,
  cause: Cause,
): Promise<void> {
  const { authority, issuers } = made;
  await ports.transact(async () => {
    const taken = (await ports.authorities.all()).some(({ slug }) => slug === authority.slug);
    if (taken || !(await ports.authorities.save(authority))) throw exists(authority.slug);
    for (const key of made.keys) await ports.keys.insert(key);
    for (const issuer of issuers) await ports.authorities.saveIssuer(issuer);
    for (const certificate of made.certificates) await ports.certificates.insert(certificate);
    for (const crl of made.crls) await ports.crls.publish(crl);
    await ports.events.append([
      {
        type: event,
        cause,
        subjects: issuers.map(({ id }) => ({ kind: 'issuer', id })),
        data: {
          authorityId: authority.id,
          name: authority.name,
          slug: authority.slug,
          pkiUrl: authority.pkiUrl,
          certificates: made.certificates.map(({ purpose, subjectText, thumbprint256, notAfter }) => ({
            purpose,
            subject: subjectText,
            thumbprint256,
            notAfter,
          })),
        },
      },
    ]);
  });
}

function exists(slug: string): Failure {
  return new Failure('conflict', 'authority-exists', `There is an authority with the slug "${slug}" already.`, {
    slug,
  });
}
