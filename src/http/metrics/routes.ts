/** `/metrics` for Prometheus and its like. */
import type { FastifyInstance } from 'fastify';
import { exposition, expositionType } from '../../reporting/metrics/exposition.ts';
import type { MetricFamily } from '../../reporting/metrics/metric.ts';

export type MetricsUseCases = { metrics(): Promise<readonly MetricFamily[]> };

export function registerMetricsRoutes(app: FastifyInstance, useCases: MetricsUseCases): void {
  app.get('/metrics', { config: { permission: 'metrics.read' } }, async (_request, reply) => {
    const text = exposition(await useCases.metrics());
    return reply.header('content-type', expositionType).header('cache-control', 'no-store').send(text);
  });
}
