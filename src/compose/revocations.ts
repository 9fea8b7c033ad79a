/** Revocation of many, as a job: whose certificates, who asked, and when the lists say so. */
import { type Viewer, viewerNow, viewing } from '../access/viewing.ts';
import { recordRevocation } from '../authority/revoke.ts';
import type { JobKinds } from '../jobs/job-kind.ts';
import { atMostEvery } from '../lib/at-most-every.ts';
import { second } from '../lib/clock.ts';
import { type RevocationCandidates, revocationJob, revocationJobKind } from '../lifecycle/revocation-job.ts';
import type { InventoryQuery } from '../reporting/certificate-inventory.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import { holderOf } from './holder-of.ts';

/** The list is asked as whoever started the job saw it then; what came later is not part of it. */
export type RevocationQuestion = { readonly query: InventoryQuery; readonly viewer: Viewer };

/** One list for many. */
const publishEvery = 5 * second;

export function revocationQuestion(query: InventoryQuery): RevocationQuestion {
  return { query, viewer: viewerNow() };
}

export function composeRevocations(foundation: Foundation, authority: AuthorityFeature): JobKinds {
  const { store, clock, log } = foundation;
  const candidates: RevocationCandidates = {
    async page(question, page) {
      const { query, viewer } = question as RevocationQuestion;
      const found = await viewing(viewer, () => store.seen.certificateInventory.page(query, clock.now(), page));
      return { items: found.items.filter(({ purpose }) => purpose === 'device'), next: found.next };
    },
  };
  const revoking = { ...store, clock, holderOf: holderOf(store) };
  const publish = atMostEvery(publishEvery, () => {
    authority
      .publishRevocations()
      .catch((error: unknown) => log.error('what a job revoked is not listed yet; it will be tried again', error));
  });
  const kind = revocationJob({
    ...store,
    candidates,
    revoke: (input) => recordRevocation(revoking, input),
    afterBatch: publish,
  });
  return { [revocationJobKind]: kind };
}
