/**
 * A database that was restored is older than what devices hold and relying parties have seen. What was handed out to be used once
 * may have been used since, so it ends; revocation lists go on with numbers that none published since can have, and are
 * signed anew. Serial numbers are random and never meet. To be done before any server runs on it; again it does no harm.
 */
import type { AuthorityStore } from '../../authority/authority-store.ts';
import { hasKey } from '../../authority/has-key.ts';
import type { Issuer } from '../../authority/issuer.ts';
import type { KeyStore } from '../../authority/key-store.ts';
import type { publishCrl } from '../../authority/publish-crl.ts';
import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { isFailure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import type { EndedSecrets, OpenSecrets } from './open-secrets.ts';

export type ResumeDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly openSecrets: OpenSecrets;
  readonly authority: {
    readonly authorities: Pick<AuthorityStore, 'issuers'>;
    readonly keys: Pick<KeyStore, 'get'>;
    readonly publishCrl: Bound<typeof publishCrl>;
  };
};

export type ResumedList = { readonly issuer: string; readonly shard: number; readonly number: number };

export type Resumed = EndedSecrets & {
  readonly lists: readonly ResumedList[];
  /** Issuers whose lists stay as they are, because their keys are elsewhere or they have ended. */
  readonly silent: readonly string[];
};

/** `takenAt`: when the backup was taken, ms; null: not known. */
export async function resumeFromBackup(
  deps: ResumeDeps,
  { takenAt, cause }: { readonly takenAt: number | null; readonly cause: Cause },
): Promise<Resumed> {
  const now = deps.clock.now();
  const ended = await deps.transact(() => deps.openSecrets.end(now));
  const lists: ResumedList[] = [];
  const silent: string[] = [];
  for (const issuer of await deps.authority.authorities.issuers()) {
    const published = await publishAll(deps, issuer, cause);
    if (published === null) silent.push(issuer.slug);
    else lists.push(...published);
  }
  await deps.transact(() =>
    deps.events.append([
      { type: 'installation.restored', cause, subjects: [], data: { takenAt, ...ended, lists, silent } },
    ]),
  );
  return { ...ended, lists, silent };
}

/**
 * Milliseconds since 1970 are more than any list has been published, whatever was published since the backup (RFC 5280
 * §5.2.3: numbers grow). Null: this issuer signs nothing.
 */
async function publishAll(
  { authority: { keys, publishCrl }, clock }: ResumeDeps,
  issuer: Issuer,
  cause: Cause,
): Promise<readonly ResumedList[] | null> {
  if (!(await hasKey(keys, issuer))) return null;
  const lists: ResumedList[] = [];
  try {
    for (let shard = 0; shard < issuer.shards; shard++) {
      const { number } = await publishCrl({ issuerId: issuer.id, shard, atLeast: clock.now(), cause });
      lists.push({ issuer: issuer.slug, shard, number });
    }
  } catch (error) {
    if (!isFailure(error, 'issuer-expired')) throw error;
    return null;
  }
  return lists;
}
