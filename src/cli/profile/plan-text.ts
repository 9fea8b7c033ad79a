import type { AssignmentLine } from '../../assignments/applied-profile.ts';
import type { Finding } from '../../profiles/finding.ts';
import { printable } from '../table.ts';
import { changesText } from './changes-text.ts';
import { findingsText } from './findings-text.ts';
import { impactText } from './impact-text.ts';
import type { PlannedFile, PlannedFiles } from './plan-files.ts';

/** What will be done, profile by profile and setting by setting; what stays as it is, is only counted. */
export function planText({ items, removals, impact }: PlannedFiles): string {
  const same = items.filter(({ action }) => action === 'unchanged').length;
  const gone = removals.map(({ slug, platform, name }) => `- ${slug} (${platform}, ${name}) is deleted`);
  const told = items.flatMap((item) => item.findings.filter((finding) => isTold(item, finding)));
  const blocked = removals.flatMap(({ slug, findings }) => findings.map(({ detail }) => `error: ${slug}: ${detail}`));
  return [
    ...items.filter(({ action }) => action !== 'unchanged').map(itemText),
    ...gone.map(printable),
    summary(items, removals.length, same),
    ...(impact === null || impact.length === 0 ? [] : [`\nOn devices:\n${impactText(impact)}`]),
    ...(told.length > 0 ? [`\n${findingsText(told)}`] : []),
    ...blocked.map(printable),
  ].join('\n');
}

/** Information is for `validate`, but for what it says of assignments that change. */
function isTold({ action, assignments }: PlannedFile, { severity, path }: Finding): boolean {
  if (severity === 'error' || action === 'unchanged') return severity === 'error';
  if (severity === 'warning') return true;
  const reassigned = assignments !== null && assignments.added.length + assignments.removed.length > 0;
  return reassigned && path.startsWith('assignments.');
}

const signs = { create: '+', change: '~', refused: '!', unchanged: ' ' } as const;
const says = { create: 'is new', change: 'changes', refused: 'has errors', unchanged: 'stays' } as const;

function itemText({ slug, name, kind, platform, source, action, changes, assignments }: PlannedFile): string {
  const called = kind === 'filter' ? `filter “${name ?? ''}”` : (slug ?? name ?? '(no name)');
  const head = `${signs[action]} ${called} (${platform ?? 'no platform'}, ${source}) ${says[action]}`;
  const lines = [
    ...changesText(changes)
      .split('\n')
      .filter((line) => line !== ''),
    ...(assignments?.added ?? []).map((line) => `assignments: + ${lineText(line)}`),
    ...(assignments?.removed ?? []).map((line) => `assignments: - ${lineText(line)}`),
  ];
  return [head, ...lines.map((line) => `    ${line}`)].map(printable).join('\n');
}

function lineText(line: AssignmentLine): string {
  return Object.entries(line)
    .map(([mode, target]) => `${mode} ${targetText(target)}`)
    .join(', ');
}

/** `allDevices`; `group “Sales”`; of a filter `include “Corporate”`. */
function targetText(target: AssignmentLine[keyof AssignmentLine]): string {
  if (typeof target !== 'object' || target === null) return String(target);
  return Object.entries(target)
    .map(([kind, name]) => `${kind} “${name}”`)
    .join(', ');
}

function summary(items: readonly PlannedFile[], deleted: number, same: number): string {
  const count = (wanted: PlannedFile['action']) => items.filter(({ action }) => action === wanted).length;
  const refused = count('refused');
  const parts = [`${count('create')} new`, `${count('change')} changed`, `${same} unchanged`, `${deleted} deleted`];
  return `${[...parts, ...(refused > 0 ? [`${refused} with errors`] : [])].join(', ')}.`;
}
