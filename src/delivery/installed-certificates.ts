/** What delivery must know of issued certificates; the authority's certificate store is one. */
export type InstalledCertificates = {
  get(id: string): Promise<{ readonly thumbprint256: string; readonly revokedAt: number | null } | null>;
  /** Joins the caller's transaction. The first time stands. */
  markInstalled(id: string, at: number): Promise<void>;
};
