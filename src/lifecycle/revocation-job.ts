/** Revocation of many: certificates that were named, or all that a question about them finds. */
import type { Certificate, CertificateId, RevocationReason } from '../authority/certificate.ts';
import type { CertificateStore } from '../authority/certificate-store.ts';
import type { JobItem, JobKind, JobOutcome } from '../jobs/job-kind.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { RevokeCertificate } from './remove.ts';

export const revocationJobKind = 'revoke';

/** What one asks for is plain JSON, and `RevocationCandidates`' own. */
export type RevocationScope =
  | { readonly by: 'ids'; readonly ids: readonly CertificateId[] }
  | { readonly by: 'question'; readonly question: unknown };

/** `profileId`, `deviceId`: what it is about, if it is about one; who sees that sees the job. */
export type RevocationJobInput = {
  readonly scope: RevocationScope;
  readonly reason: RevocationReason;
  readonly profileId: string | null;
  readonly deviceId: string | null;
};

/** Which certificates a question finds that may still be revoked. */
export type RevocationCandidates = {
  /** In an order that revoking them does not change. May be empty while `next` leads on. */
  page(question: unknown, page: PageRequest): Promise<Page<{ readonly id: CertificateId }>>;
};

export type RevocationJobDeps = {
  readonly candidates: RevocationCandidates;
  readonly certificates: Pick<CertificateStore, 'get'>;
  readonly revoke: RevokeCertificate;
  /** Lists are due. */
  readonly afterBatch: () => void;
};

/** Behind the last item. */
const end = 'end';

export function revocationJob(deps: RevocationJobDeps): JobKind {
  return {
    async count(input) {
      const { scope } = input as RevocationJobInput;
      if (scope.by === 'ids') return scope.ids.length;
      let count = 0;
      let cursor: string | null = null;
      do {
        const page: Page<unknown> = await deps.candidates.page(scope.question, { limit: 500, cursor });
        count += page.items.length;
        cursor = page.next;
      } while (cursor !== null);
      return count;
    },
    async next(input, cursor, limit) {
      const { scope } = input as RevocationJobInput;
      if (scope.by === 'question') return found(deps, scope.question, cursor, limit);
      const from = cursor === null ? 0 : Number(cursor) + 1;
      return scope.ids.slice(from, from + limit).map((id, at) => ({ id, cursor: String(from + at) }));
    },
    async work(input, items, cause) {
      const { reason } = input as RevocationJobInput;
      const outcomes: JobOutcome[] = [];
      for (const { id } of items) {
        const certificate = await deps.certificates.get(id as CertificateId);
        const outcome = judged(id, certificate);
        if (outcome.kind === 'done') await deps.revoke({ certificateId: id as CertificateId, reason, cause });
        outcomes.push(outcome);
      }
      return outcomes;
    },
    afterBatch: deps.afterBatch,
  };
}

/** The place behind all of them stands at the last one: where the question goes on is known for whole pages alone. */
async function found(
  { candidates }: RevocationJobDeps,
  question: unknown,
  start: string | null,
  limit: number,
): Promise<readonly JobItem[]> {
  for (let cursor = start; cursor !== end; ) {
    const { items, next } = await candidates.page(question, { limit, cursor });
    cursor = next ?? end;
    const place = cursor;
    if (items.length > 0) return items.map(({ id }) => ({ id, cursor: place }));
  }
  return [];
}

function judged(id: string, certificate: Certificate | null): JobOutcome {
  if (certificate === null)
    return { kind: 'failed', name: id, code: 'certificate-unknown', detail: 'There is no such certificate any more.' };
  if (certificate.revokedAt !== null) return { kind: 'skipped' };
  if (certificate.purpose === 'device') return { kind: 'done' };
  const detail = 'It is a certificate of the authority itself, not of a device, and is not revoked here.';
  return { kind: 'failed', name: certificate.subjectText, code: 'certificate-not-a-device', detail };
}
