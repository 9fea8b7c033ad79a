/** Warnings long before anything of the authorities' own ends. */
import { type Ending, type EndingFacts, endings } from '../authority/endings.ts';
import { hasKey } from '../authority/has-key.ts';
import { loadOcspSigners } from '../authority/ocsp-signer.ts';
import { reportEndings, type ToldEndings } from '../authority/report-endings.ts';
import { systemCause } from '../events/event.ts';
import { pemBlocks } from '../formats/x509/pem.ts';
import { readTlsFiles } from '../http/tls-files.ts';
import { minute } from '../lib/clock.ts';
import type { Lease } from '../lib/lease.ts';
import type { Foundation } from './foundation.ts';

const setting = 'told-endings';
const settling = 10 * minute;

export function currentEndings(foundation: Foundation): () => Promise<readonly Ending[]> {
  return async () => endings(await gather(foundation));
}

export function composeEndings(foundation: Foundation) {
  const { store, clock, log } = foundation;
  const told: ToldEndings = {
    get: async () => ((await store.settings.get(setting)) ?? {}) as Awaited<ReturnType<ToldEndings['get']>>,
    put: (value) => store.settings.put(setting, value),
  };
  const deps = { ...store, endings: currentEndings(foundation), told };
  const startedAt = clock.monotonic();
  return {
    /** Timed work of one node; not right after its start, when what renews itself may have had no time to. */
    async report(lease: Lease): Promise<void> {
      if (clock.monotonic() - startedAt < settling) return;
      for (const { name, severity, endsAt, fix } of await reportEndings(deps, { lease, cause: systemCause }))
        log.warn('something ends', { name, severity, endsAt, fix });
    },
  };
}

async function gather(foundation: Foundation): Promise<EndingFacts> {
  const { store, clock, pool, secret } = foundation;
  const services = await loadOcspSigners({ ...store, pool, secret, clock });
  const issuers = await Promise.all(
    (await store.authorities.issuers()).map(async (issuer) => ({
      issuer,
      hasKey: await hasKey(store.keys, issuer),
      ocspUntil: services.find((each) => each.issuer.id === issuer.id)?.signer?.notAfter ?? null,
      crls: await Promise.all(
        Array.from({ length: issuer.shards }, (_, shard) => store.crls.latestState(issuer.id, shard)),
      ),
    })),
  );
  return { authorities: await store.authorities.all(), issuers, tls: await tls(foundation), now: clock.now() };
}

/** The operator's; a certificate of our own authority renews itself with the listener. */
async function tls({ config }: Foundation): Promise<EndingFacts['tls']> {
  const files = config.tls?.files;
  if (files == null) return null;
  const { cert } = await readTlsFiles({ cert: files.certificate, key: files.key });
  const [certificate] = pemBlocks(cert, 'CERTIFICATE');
  return certificate === undefined ? null : { certificate, own: false };
}
