import { Failure, isFailure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import { segment } from '../api.ts';
import type { ApiClient } from '../api-client.ts';
import type { PlannedFile } from './plan-files.ts';

export type AppliedFile = {
  readonly source: string;
  readonly slug: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly findings: readonly Finding[];
};

type Saved = {
  readonly profile: { readonly id: string; readonly slug: string; readonly version: number };
  readonly outcome: AppliedFile['outcome'];
  readonly findings: readonly Finding[];
};

/**
 * Carries a plan out, file by file. When one is refused, what the ones before it did is undone, as far as nobody else has
 * changed the same meanwhile, and the failure is thrown.
 */
export async function applyFiles(
  api: ApiClient,
  planned: readonly PlannedFile[],
  onProgress: (done: number, file: PlannedFile) => void,
): Promise<readonly AppliedFile[]> {
  const undo: (() => Promise<unknown>)[] = [];
  const applied: AppliedFile[] = [];
  for (const file of planned) {
    onProgress(applied.length, file);
    const { source, stored, action } = file;
    if (action === 'unchanged' && stored !== null) {
      applied.push({ source, slug: stored.slug, outcome: 'unchanged', findings: file.findings });
      continue;
    }
    try {
      const { profile, outcome, findings } = await save(api, file);
      applied.push({ source, slug: profile.slug, outcome, findings });
      undo.unshift(() => takeBack(api, profile, stored?.document));
    } catch (error) {
      if (!isFailure(error)) throw error;
      throw new Failure(error.kind, error.code, `${source}: ${error.message} ${await undoAll(undo)}`, {
        ...error.params,
        source,
      });
    }
  }
  return applied;
}

function save(api: ApiClient, { stored, document }: PlannedFile): Promise<Saved> {
  if (stored === null) return api.call('/profiles', { method: 'POST', body: document });
  return api.call(`/profiles/${segment(stored.id)}`, { method: 'PUT', body: document, version: stored.version });
}

function takeBack(
  api: ApiClient,
  { id, version }: Saved['profile'],
  before: Readonly<Record<string, unknown>> | undefined,
): Promise<unknown> {
  const path = `/profiles/${segment(id)}`;
  return before === undefined
    ? api.call(path, { method: 'DELETE', version })
    : api.call(path, { method: 'PUT', body: before, version });
}

async function undoAll(undo: readonly (() => Promise<unknown>)[]): Promise<string> {
  try {
    for (const step of undo) await step();
    return 'Nothing was changed.';
  } catch (error) {
    if (!isFailure(error)) throw error;
    return `What had been applied before could not all be undone: ${error.message}`;
  }
}
