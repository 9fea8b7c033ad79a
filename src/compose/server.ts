/** The running server: features bound to their ports, routes, listeners and timed work; started in order, stopped in reverse. */
import { fileURLToPath } from 'node:url';
import { liveEvents } from '../events/live-events.ts';
import { createAuthorize } from '../http/authorize.ts';
import { builtFiles } from '../http/console/built-files.ts';
import { consolePages, registerConsoleRoutes } from '../http/console/routes.ts';
import { registerDeviceRoutes } from '../http/device/routes.ts';
import { registerHealthRoutes } from '../http/health/routes.ts';
import { registerMetricsRoutes } from '../http/metrics/routes.ts';
import { registerOcspRoutes } from '../http/pki/ocsp-routes.ts';
import { registerPkiRoutes } from '../http/pki/routes.ts';
import { registerScepRoutes } from '../http/scep/routes.ts';
import { createServer, type LaterRoutes, type ServedRoute } from '../http/server.ts';
import { watchTlsFiles } from '../http/tls-files.ts';
import { atMostEvery } from '../lib/at-most-every.ts';
import { second } from '../lib/clock.ts';
import { createTraffic } from '../lib/traffic.ts';
import type { ReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import { type AccessFeature, composeAccess } from './access.ts';
import { type AuthorityFeature, composeAuthority } from './authority.ts';
import { composeDelivery, composeWakeBoard, type DeliveryFeature } from './delivery.ts';
import { composeEndings } from './endings.ts';
import { composeEnrollment } from './enrollment.ts';
import { composeErasure, type ErasureFeature } from './erasure.ts';
import { type Foundation, type FoundationOptions, openFoundation } from './foundation.ts';
import { composeJobs, type JobsFeature } from './jobs.ts';
import { composeLifecycle, composeReconciling, type LifecycleFeature } from './lifecycle.ts';
import { httpLog } from './log.ts';
import { composeMetrics } from './metrics.ts';
import { composeOcsp, type OcspFeature } from './ocsp.ts';
import { type OwnAddresses, ownAddresses } from './own-addresses.ts';
import { composePki } from './pki.ts';
import { readiness } from './readiness.ts';
import { composeRemovals, type RemovalFeature } from './removals.ts';
import { composeReports, type ReportsFeature } from './reports.ts';
import { composeRetention, type RetentionFeature } from './retention.ts';
import { composeRevocations } from './revocations.ts';
import { sampleOrganisation } from './sample/sample-organisation.ts';
import { composeSealing, type SealingFeature } from './sealing.ts';
import { tlsIdentity } from './tls-identity.ts';
import { openUploadFolder } from './upload-folder.ts';
import { composeWebhooks, type WebhookFeature } from './webhooks.ts';

export type RunningServer = AsyncDisposable & {
  readonly foundation: Foundation;
  readonly sealing: SealingFeature;
  readonly retention: RetentionFeature;
  readonly erasure: ErasureFeature;
  readonly access: AccessFeature;
  readonly authority: AuthorityFeature;
  readonly ocsp: OcspFeature;
  readonly endings: ReturnType<typeof composeEndings>;
  readonly lifecycle: LifecycleFeature;
  readonly reports: ReportsFeature;
  readonly delivery: DeliveryFeature;
  readonly addresses: OwnAddresses;
  /** As opened: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly tlsUrl: string | null;
  readonly adminUrl: string;
  /** Of all listeners; those of the administration are read for that. */
  routes(): Promise<readonly ServedRoute[]>;
  readonly reconciling: ReconcileLoop;
  readonly jobs: JobsFeature;
  readonly webhooks: WebhookFeature;
  readonly removals: RemovalFeature;
  readonly administration: { forgetExpiredAnswers(): Promise<number> };
  /** Serves HTTPS with a certificate of our own authority that has a month left at least; else does nothing. */
  renewTls(): Promise<void>;
};

export type ServerOptions = FoundationOptions & {
  /** Runs before anything listens: where a new installation gets its authority. */
  readonly prepare?: (parts: Pick<RunningServer, 'foundation' | 'authority' | 'addresses'>) => Promise<void>;
  /** Milliseconds that requests under way have to finish when the server stops. */
  readonly grace?: number;
};

/** Where `console/build.ts` puts what it has built. */
const consoleFolder = fileURLToPath(new URL('../../console/dist/', import.meta.url));

/** Stopping is graceful and takes 10 s at most. Failures: those of the store, `cannot-listen`, TLS files. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, clock, log } = options;
  await using starting = new AsyncDisposableStack();
  const foundation = starting.use(await openFoundation(options));
  const { store } = foundation;
  const addresses = ownAddresses(config);

  const sealing = composeSealing(foundation);
  const authority = composeAuthority(foundation);
  await options.prepare?.({ foundation, authority, addresses });
  const access = composeAccess(foundation, addresses);
  const traffic = createTraffic(clock);
  const wakeBoard = composeWakeBoard(foundation);
  const wake = () => wakeBoard.wakeAll();
  const lifecycle = composeLifecycle(foundation, authority, atMostEvery(second, wake));
  const removals = starting.use(composeRemovals(foundation, authority, wake));
  const reconciling = starting.use(composeReconciling(foundation, traffic, removals, wake));
  const jobs = starting.use(
    composeJobs(foundation, { ...removals.jobKinds, ...composeRevocations(foundation, authority) }),
  );
  const retention = composeRetention(foundation);
  const webhooks = starting.use(composeWebhooks(foundation));
  const erasure = composeErasure(foundation, reconciling);
  const delivery = composeDelivery(foundation, { lifecycle, reconciling, wakeBoard, addresses });
  const ocsp = composeOcsp(foundation, authority);
  const scep = composeEnrollment(foundation, authority);
  const uploads = openUploadFolder(config.data);
  let listening: { readonly url: string; readonly tlsUrl: string | null } | null = null;
  const sample = starting.use(
    sampleOrganisation({ foundation, authority, lifecycle, reconciling, delivery }, () => listening),
  );
  const watched = liveEvents({
    feed: store.feed,
    onError: (error) => log.error('looking for events to tell failed and will be tried again', error),
  });
  // A quarter of the code, which a server that only enrols devices has no use for.
  const administration: LaterRoutes = {
    path: '/api',
    load: async () => {
      const [{ composeAdmin }, { registerAdminRoutes }] = await Promise.all([
        import('./admin.ts'),
        import('../http/admin/admin-routes.ts'),
      ]);
      const parts = {
        access,
        authority,
        lifecycle,
        delivery,
        wakeBoard,
        reconciling,
        addresses,
        uploads,
        jobs,
        retention,
        webhooks,
        erasure,
        liveEvents: watched,
        sample,
        renewOcspSigners: async () => {
          const lease = await foundation.leases.holdLease('authority');
          if (lease !== null) await ocsp.renewSigners(lease);
        },
      };
      const admin = composeAdmin(foundation, parts);
      return (app) => registerAdminRoutes(app, admin);
    },
  };

  const shared = {
    clock,
    traffic,
    log: httpLog(log, foundation.metrics),
    trustedProxies: config.trustedProxies,
    authorize: createAuthorize({ ...access.authorizing, devices: delivery.devices }),
  };
  const metrics = composeMetrics(foundation);
  const health = { readiness: () => readiness(foundation) };
  const consoleFiles = builtFiles(consoleFolder);
  const pages = consolePages(consoleFiles);
  const apart = config.adminListen;
  const server = await createServer({
    ...shared,
    routes: (app) => {
      registerScepRoutes(app, scep);
      registerPkiRoutes(app, composePki(foundation));
      registerOcspRoutes(app, ocsp.useCases);
      registerDeviceRoutes(app, delivery.useCases);
      if (apart === null) registerMetricsRoutes(app, metrics);
      registerHealthRoutes(app, health);
      if (apart === null) registerConsoleRoutes(app, consoleFiles);
    },
    ...(apart === null && { later: administration, pages }),
  });
  // With an address of its own, administration is not to be found at the address that devices use.
  const adminServer =
    apart === null
      ? null
      : await createServer({
          ...shared,
          routes: (app) => {
            registerMetricsRoutes(app, metrics);
            registerHealthRoutes(app, health);
            registerConsoleRoutes(app, consoleFiles);
          },
          later: administration,
          pages,
        });
  starting.defer(() => sealing.sealRest());
  starting.defer(() =>
    delivery.writeCalls().catch((error: unknown) => log.error('writing when devices called failed', error)),
  );
  starting.defer(async () => {
    // First what devices wait for at our side, or they would hold up the rest.
    watched[Symbol.dispose]();
    await wakeBoard[Symbol.asyncDispose]();
    await Promise.all([server.stop(options.grace), adminServer?.stop(options.grace)]);
  });

  const plain = await server.listen(config.listen);
  addresses.opened({ plain: plain.url, tls: null });
  const identity = config.tls === null ? null : await tlsIdentity(foundation, authority, addresses, config.tls);
  const tls =
    config.tls === null || identity === null ? null : await server.listen({ ...config.tls.listen, tls: identity });
  addresses.opened({ plain: plain.url, tls: tls?.url ?? null });
  if (tls !== null && identity !== null && config.tls?.files) {
    const { certificate: cert, key } = config.tls.files;
    starting.defer(
      watchTlsFiles({ cert, key }, identity, tls.renewTls, (error) =>
        log.error('the TLS files changed and cannot be used; the old ones stay', error),
      ),
    );
  }
  const adminListener = apart === null || adminServer === null ? plain : await adminServer.listen(apart);
  if (adminListener !== plain) addresses.opened({ plain: plain.url, tls: tls?.url ?? null, admin: adminListener.url });
  listening = { url: plain.url, tlsUrl: tls?.url ?? null };
  const running = starting.move();
  return {
    foundation,
    sealing,
    retention,
    erasure,
    access,
    authority,
    ocsp,
    endings: composeEndings(foundation),
    lifecycle,
    reports: composeReports(foundation),
    delivery,
    addresses,
    url: plain.url,
    tlsUrl: tls?.url ?? null,
    adminUrl: adminListener.url,
    routes: async () => [...(await server.routes()), ...((await adminServer?.routes()) ?? [])],
    reconciling,
    jobs,
    webhooks,
    removals,
    administration: {
      forgetExpiredAnswers: () => store.transact(() => store.idempotency.removeExpired(clock.now())),
    },
    renewTls: async () => {
      if (tls !== null && config.tls?.files === null)
        tls.renewTls(await tlsIdentity(foundation, authority, addresses, config.tls));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
