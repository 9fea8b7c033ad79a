import type { SealReport } from '../../events/seal/verify-seals.ts';
import { summaryOf } from '../audit/seal-text.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** Findings that are told one by one. */
const most = 10;

/** `report`: null where no server has sealed anything yet; text says why there is none. */
export function checkAudit(report: SealReport | string | null): Check[] {
  if (typeof report === 'string')
    return [warning('audit', `The audit log was not verified: ${report}`, 'Try bin/scepward audit verify.')];
  if (report === null)
    return [warning('audit', 'The audit log is not sealed yet.', 'The first start of a server begins with it.')];
  if (report.found === 0) return [ok('audit', summaryOf(report))];
  const told = report.findings.slice(0, most).map(({ detail }) => problem('audit', detail, ''));
  const fix =
    'Somebody reached into the database past Scepward, or it was restored in part. Compare with a backup, keep a copy as evidence; bin/scepward audit verify --json has every finding.';
  return [problem('audit', summaryOf(report), fix), ...told];
}
