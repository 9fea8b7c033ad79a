/** Assignments as the editor holds them: with the ids of what they name. */
import type { Answer } from '../../api/call.ts';

type Stored = Answer<'GET /api/v1/profiles/{profile}/assignments'>['items'][number];

export type AssignmentTarget = Stored['target'];
export type AssignmentLine = Pick<Stored, 'mode' | 'target' | 'filter'>;

/** Two lines with the same are one too many. */
export function targetKey(target: AssignmentTarget): string {
  switch (target.kind) {
    case 'group':
      return `group ${target.groupId}`;
    case 'user':
      return `user ${target.userId}`;
    case 'device':
      return `device ${target.deviceId}`;
    default:
      return target.kind;
  }
}

export function lineKey({ mode, target }: AssignmentLine): string {
  return `${mode} ${targetKey(target)}`;
}

export function linesOf(items: readonly Stored[]): AssignmentLine[] {
  return items.map(({ mode, target, filter }) => ({ mode, target, filter }));
}

/** As the documents of profiles write them. */
export function documentLines(lines: readonly AssignmentLine[]): readonly Record<string, unknown>[] {
  return lines.map(({ mode, target, filter }) => ({
    [mode]: documentTarget(target),
    ...(filter !== null && { filter: { [filter.mode]: filter.filterId } }),
  }));
}

function documentTarget(target: AssignmentTarget): unknown {
  switch (target.kind) {
    case 'group':
      return { group: target.groupId };
    case 'user':
      return { user: target.userId };
    case 'device':
      return { device: target.deviceId };
    default:
      return target.kind;
  }
}

/** For comparing two people's edits line by line. A line is one value: it stands in a list of its own. */
export type LinesByKey = Readonly<Record<string, readonly [AssignmentLine]>>;

export function byKey(lines: readonly AssignmentLine[]): LinesByKey {
  return Object.fromEntries(lines.map((line) => [lineKey(line), [line]]));
}

export function linesIn(lines: LinesByKey): AssignmentLine[] {
  return Object.values(lines).flat();
}
