/**
 * Who vouches for administrators by OpenID Connect: any provider that publishes its discovery document. Several may be there
 * beside each other; whoever may say what groups somebody is in may give every role that such a group has, so only who may do
 * everything adds or changes one.
 */
import { openSealedKey, sealKey } from '../crypto/sealed-key.ts';
import { fromBase64, toBase64, utf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { Branded } from '../lib/ids.ts';
import type { AdministratorId } from './administrator.ts';

export type IdentityProviderId = Branded<'IdentityProviderId'>;

export type IdentityProvider = {
  readonly id: IdentityProviderId;
  /** On the button of the sign-in page; unique without regard to case. */
  readonly name: string;
  /** As the provider writes it itself: it is compared to the letter (OpenID Connect Discovery 1.0 §4.3). */
  readonly issuer: string;
  readonly clientId: string;
  /** Sealed for this provider; null: a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  /** What is asked for beside `openid`. */
  readonly scopes: readonly string[];
  /** The claim that lists groups, or the way to it with dots between; empty: none is read. */
  readonly groupsClaim: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type IdentityProviderStore = {
  get(id: IdentityProviderId): Promise<IdentityProvider | null>;
  /** Without regard to case. */
  findByName(name: string): Promise<IdentityProvider | null>;
  /** By name. */
  all(): Promise<readonly IdentityProvider[]>;
  /** Inserts version 1 or replaces version `version - 1`; false when another version is stored. */
  save(provider: IdentityProvider): Promise<boolean>;
  /** With the identities of its people. */
  remove(id: IdentityProviderId): Promise<void>;
};

/** Whom a provider means by its `sub`: that alone says who somebody is, never a name or a mail address. */
export type Identity = {
  readonly providerId: IdentityProviderId;
  readonly subject: string;
  readonly administratorId: AdministratorId;
};

export type IdentityStore = {
  find(providerId: IdentityProviderId, subject: string): Promise<AdministratorId | null>;
  /** False: the provider's subject has an administrator already. */
  insert(identity: Identity): Promise<boolean>;
  /** How many people a provider has let in. */
  count(providerId: IdentityProviderId): Promise<number>;
};

const purpose = 'identity provider';

/** `installation`: the installation's secret, which seals. */
export function sealClientSecret(installation: Uint8Array, id: IdentityProviderId, secret: string): string {
  return toBase64(sealKey(installation, { keyId: id, purpose }, utf8(secret)));
}

export function openClientSecret(
  installation: Uint8Array,
  { id, clientSecret }: Pick<IdentityProvider, 'id' | 'clientSecret'>,
): string | null {
  if (clientSecret === null) return null;
  const sealed = fromBase64(clientSecret) ?? new Uint8Array();
  return new TextDecoder().decode(openSealedKey(installation, { keyId: id, purpose }, sealed));
}

/** As it is given. Failure `issuer-invalid`. */
export function parseIssuer(text: string): string {
  const issuer = text.trim();
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const plain = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (plain && issuer.length <= 1000 && (url.protocol === 'https:' || url.protocol === 'http:')) return issuer;
  const message =
    'The issuer is the address of the provider as it writes it itself, such as https://login.example.org/realms/staff: https, without query, fragment or password. It stands as “issuer” in its /.well-known/openid-configuration.';
  throw new Failure('invalid', 'issuer-invalid', message, { field: 'issuer' });
}

/** Each once, without `openid`, which is always asked for. Failure `oidc-scope-invalid` (RFC 6749 §3.3). */
export function parseOidcScopes(scopes: readonly string[]): readonly string[] {
  const wanted = [...new Set(scopes.map((scope) => scope.trim()))].filter(
    (scope) => scope !== 'openid' && scope !== '',
  );
  const bad = wanted.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(scope));
  if (bad === undefined) return wanted;
  const message = `“${bad}” is no OAuth scope: printable ASCII without spaces, quotes and backslashes.`;
  throw new Failure('invalid', 'oidc-scope-invalid', message, { field: 'scopes' });
}
