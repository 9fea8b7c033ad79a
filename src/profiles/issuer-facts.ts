import type { HashAlgorithm, KeyUsage } from './scep-settings.ts';

/** What saving a profile must know about the authority that would answer; wired to `authority` in compose. */
export type IssuerFacts = {
  /** Null when there is no such authority or template. */
  describe(authority: string | null, template: string): Promise<IssuerDescription | null>;
  /** DER of the default authority's root: what `certificate: ownRoot` stands for. Null while there is no authority. */
  ownRoot(): Promise<Uint8Array | null>;
};

export type IssuerDescription = {
  readonly template: {
    readonly name: string;
    /** Days. */
    readonly maximumValidity: number;
    readonly profileMaySetValidity: boolean;
    readonly keySizes: readonly number[];
    readonly hashAlgorithms: readonly HashAlgorithm[];
    readonly keyUsages: readonly KeyUsage[];
    /** Null: any. */
    readonly extendedKeyUsages: readonly string[] | null;
  };
  readonly issuerNotAfter: number;
  /** DER of the issuer's certificate and its ancestors up to the root. */
  readonly chain: readonly Uint8Array[];
};
