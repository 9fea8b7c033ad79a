import type { KeyId } from './issuer.ts';

/** A private key at rest, or the secret of the audit log (`audit`: no public key): AES-256-GCM, with key id and purpose as associated data (`crypto/sealed-key.ts`). */
export type StoredKey = {
  readonly id: KeyId;
  readonly purpose: 'root' | 'issuer' | 'ra' | 'tls' | 'ocsp' | 'audit';
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Null once the key has been exported and removed. */
  readonly sealed: Uint8Array | null;
  readonly createdAt: number;
};

export type KeyStore = {
  get(id: KeyId): Promise<StoredKey | null>;
  all(): Promise<readonly StoredKey[]>;
  insert(key: StoredKey): Promise<void>;
  /** Drops the sealed key and keeps the public one. */
  forget(id: KeyId): Promise<void>;
};
