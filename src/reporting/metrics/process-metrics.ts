/** What one process counts by itself while it works. Nothing here asks the store, and each count costs a look-up. */
import { counter } from './counter.ts';
import { histogram } from './histogram.ts';
import type { MetricFamily } from './metric.ts';

export type ProcessMetrics = ReturnType<typeof processMetrics>;

export const httpAreas = ['scep', 'pki', 'device', 'api', 'other'] as const;
export type HttpArea = (typeof httpAreas)[number];

export const cryptoJobs = ['sign', 'open', 'reply', 'certify'] as const;

export function processMetrics() {
  const issued = counter('scepward_certificates_issued_total', 'Certificates that were issued to devices', [
    'profile',
    'proof',
  ]);
  const operations = counter('scepward_pki_operations_total', 'PKIOperations, by what became of them', [
    'profile',
    'outcome',
  ]);
  const failures = counter('scepward_enrollment_failures_total', 'PKIOperations that were refused, by reason code', [
    'profile',
    'reason',
  ]);
  const requests = counter('scepward_http_requests_total', 'HTTP requests that were answered', [
    'method',
    'route',
    'status',
  ]);
  const requestTime = histogram(
    'scepward_http_request_duration_seconds',
    'From the head of a request to the end of its answer',
    'area',
    httpAreas,
  );
  const commitTime = histogram(
    'scepward_store_commit_duration_seconds',
    'From the beginning of a transaction, its wait for the store included, until it is durable',
    'kind',
    ['issuance', 'other'] as const,
  );
  const cryptoTime = histogram(
    'scepward_crypto_duration_seconds',
    'Private-key work, from when it is asked for until it is done, its wait for a thread included',
    // `job` is what Prometheus calls what it scrapes.
    'operation',
    cryptoJobs,
  );
  const webhooks = counter(
    'scepward_webhook_attempts_total',
    'Attempts to deliver to webhooks, by what became of them',
    ['webhook', 'outcome'],
  );
  return {
    issued,
    operations,
    failures,
    requests,
    requestTime,
    commitTime,
    cryptoTime,
    webhooks,
    /** `profileLabels`: what to call a profile, by its id. */
    families(profileLabels: (id: string) => Readonly<Record<string, string>>): MetricFamily[] {
      const named = ({ profile = '', ...rest }: Readonly<Record<string, string>>) => ({
        ...profileLabels(profile),
        ...rest,
      });
      return [
        issued.family(named),
        operations.family(named),
        failures.family(named),
        requests.family(),
        requestTime.family(),
        commitTime.family(),
        cryptoTime.family(),
        webhooks.family(),
      ];
    },
  };
}
