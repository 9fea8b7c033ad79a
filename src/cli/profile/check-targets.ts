/** Whether the server knows whom profile files assign to: what saving them would refuse is found before. */
import { isFailure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import type { DraftAssignment, DraftTarget } from '../../profiles/profile-draft.ts';
import { segment } from '../api.ts';
import type { ApiClient } from '../api-client.ts';

/** Judges the assignments of one document; the same name is asked for once. */
export type CheckTargets = (assignments: readonly DraftAssignment[] | null) => Promise<readonly Finding[]>;

export function newTargetCheck(api: Pick<ApiClient, 'call'>): CheckTargets {
  const asked = new Map<string, Promise<Verdict>>();
  return async (assignments) => {
    const findings: Finding[] = [];
    for (const [i, { mode, target }] of (assignments ?? []).entries()) {
      const name = nameOf(target);
      if (name === null) continue;
      const path = `/${target.kind}s/${segment(name)}`;
      const verdict = asked.get(path) ?? ask(api, path);
      asked.set(path, verdict);
      const found = await verdict;
      if (found !== null) findings.push({ ...found, path: `assignments.${i}.${mode}.${target.kind}` });
    }
    return findings;
  };
}

type Verdict = Omit<Finding, 'path'> | null;

async function ask(api: Pick<ApiClient, 'call'>, path: string): Promise<Verdict> {
  try {
    await api.call(path);
    return null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { kind, code, message } = error;
    if (kind === 'forbidden') {
      const detail = 'Whether this is there could not be looked up: the token may not read the directory.';
      return { rule: 'target-not-checked', severity: 'information', detail, fix: null };
    }
    if (kind === 'not-found') {
      const fix = 'Mend the name, or add it to the directory first.';
      return { rule: 'target-not-found', severity: 'error', detail: message, fix };
    }
    if (kind === 'conflict' || kind === 'invalid') return { rule: code, severity: 'error', detail: message, fix: null };
    throw error;
  }
}

function nameOf(target: DraftTarget): string | null {
  switch (target.kind) {
    case 'group':
      return target.name;
    case 'user':
      return target.userPrincipalName;
    case 'device':
      return target.deviceName;
    default:
      return null;
  }
}
