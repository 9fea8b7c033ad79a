import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../lib/failure.ts';
import type { DraftAssignment } from '../../profiles/profile-draft.ts';
import { newTargetCheck } from './check-targets.ts';

function serverWith(answers: Readonly<Record<string, Failure | null>>) {
  const asked: string[] = [];
  const call = async <T>(path: string): Promise<T> => {
    asked.push(path);
    const answer = answers[path];
    if (answer !== null && answer !== undefined) throw answer;
    return {} as T;
  };
  return { asked, check: newTargetCheck({ call }) };
}

const group = (name: string): DraftAssignment => ({ mode: 'include', target: { kind: 'group', name } });

test('a target that the server does not know is found at its place, and asked for once', async () => {
  const missing = new Failure('not-found', 'group-not-found', 'There is no group “No one”.');
  const { asked, check } = serverWith({ '/groups/No%20one': missing });
  const findings = await check([{ mode: 'include', target: { kind: 'allUsers' } }, group('Sales'), group('No one')]);
  assert.deepEqual(
    findings.map(({ rule, severity, path, detail }) => ({ rule, severity, path, detail })),
    [{ rule: 'target-not-found', severity: 'error', path: 'assignments.2.include.group', detail: missing.message }],
  );
  assert.equal((await check([group('No one')])).length, 1);
  assert.deepEqual(asked, ['/groups/Sales', '/groups/No%20one']);
});

test('a name that means several is an error; a directory that may not be read is only said', async () => {
  const several = new Failure('conflict', 'ambiguous-name', '2 devices are called “lab”.');
  const { check } = serverWith({
    '/devices/lab': several,
    '/users/jane%40example.org': new Failure('forbidden', 'not-permitted', 'No.'),
  });
  const findings = await check([
    { mode: 'exclude', target: { kind: 'device', deviceName: 'lab' } },
    { mode: 'include', target: { kind: 'user', userPrincipalName: 'jane@example.org' } },
  ]);
  assert.deepEqual(
    findings.map(({ rule, severity }) => `${severity} ${rule}`),
    ['error ambiguous-name', 'information target-not-checked'],
  );
});

test('a server that does not answer is no verdict', async () => {
  const { check } = serverWith({ '/groups/Sales': new Failure('unavailable', 'server-unreachable', 'Away.') });
  await assert.rejects(check([group('Sales')]), (error) => error instanceof Failure);
});
