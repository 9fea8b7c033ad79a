/** For load balancers and process supervisors; says nothing that anybody might not know. */
import type { FastifyInstance } from 'fastify';

export type HealthUseCases = {
  /** One entry per thing that must work before requests are worth sending: null when it does, else why not, for people. */
  readiness(): Promise<Readonly<Record<string, string | null>>>;
};

const options = { config: { permission: 'public' } } as const;

export function registerHealthRoutes(app: FastifyInstance, useCases: HealthUseCases): void {
  // The process turns its loop: no reason to restart it.
  app.get('/healthz', options, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/readyz', options, async (_request, reply) => {
    const checks = await useCases.readiness();
    const ready = Object.values(checks).every((problem) => problem === null);
    reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
    if (!ready) reply.header('retry-after', '5');
    return { status: ready ? 'ready' : 'not-ready', checks };
  });
}
