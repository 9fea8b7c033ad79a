/** What delivery must know of issued certificates. */
export type InstalledCertificates = {
  /** By id; those that do not exist have no entry. */
  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, InstalledCertificate>>;
  /** Joins the caller's transaction. The first time stands. */
  markInstalled(id: string, at: number): Promise<void>;
};

export type InstalledCertificate = { readonly thumbprint256: string; readonly revokedAt: number | null };
