import type { RemovalRule } from '../profiles/removal-rule.ts';

/** What delivery must know of issued certificates. */
export type InstalledCertificates = {
  /** By id; those that do not exist have no entry. */
  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, InstalledCertificate>>;
  /** Joins the caller's transaction. The first time stands: false when that was earlier. */
  markInstalled(id: string, at: number): Promise<boolean>;
  /**
   * Joins the caller's transaction. Earlier certificates of the deployment that live at `at` (ms) are superseded, unless they
   * were before; to be revoked at `revokeAt`, if at all. Answers which.
   */
  supersede(
    deployment: { readonly id: string; readonly issuedGeneration: number },
    when: { readonly at: number; readonly revokeAt: number | null },
  ): Promise<readonly string[]>;
  /**
   * Joins the caller's transaction. The generation that an edit asked for is in place, so the edit is done with: all that was
   * issued before it and lives at `at` is superseded, and to be revoked at `revokeAt`, if at all, for `reason`; what a renewal
   * had left too. Answers which; nothing when another transaction was faster.
   */
  supersedeEdited(
    deployment: { readonly id: string; readonly editedGeneration: number },
    when: { readonly at: number; readonly revokeAt: number | null; readonly reason: RemovalRule['reason'] },
  ): Promise<readonly string[]>;
};

export type InstalledCertificate = { readonly thumbprint256: string; readonly revokedAt: number | null };
