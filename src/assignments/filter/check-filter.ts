import { parseVersion } from '../../directory/os-version.ts';
import type { Platform } from '../../directory/platform.ts';
import type { Finding } from '../../profiles/finding.ts';
import { FilterProblem, filterFinding } from './filter-problem.ts';
import { choiceOf } from './filter-property.ts';
import type { PlacedComparison, PlacedTree } from './parse-filter.ts';

/** Everything that is wrong with a rule that could be read: what a property, an operator and a value may be together. */
export function checkFilter(tree: PlacedTree, platform: Platform | null): readonly Finding[] {
  if (tree.kind !== 'comparison') return tree.terms.flatMap((term) => checkFilter(term, platform));
  const problem = problemOf(tree, platform);
  return problem === null ? warningsAbout(tree) : [filterFinding(problem)];
}

function problemOf(comparison: PlacedComparison, platform: Platform | null): FilterProblem | null {
  const { definition, operator, value, at } = comparison;
  const { name, platforms, operators } = definition;
  if (platform !== null && !platforms.includes(platform))
    return new FilterProblem(
      'filter-property-not-on-platform',
      at.property,
      `device.${name} does not exist on ${platform}.`,
      `It exists on ${platforms.join(', ')}.`,
    );
  if (!operators.includes(operator))
    return new FilterProblem(
      'filter-operator-not-allowed',
      at.operator,
      `device.${name} cannot be compared with -${operator}.`,
      `Use ${operators.map((each) => `-${each}`).join(', ')}${name === 'osVersion' ? '; device.operatingSystemVersion is compared by its numbers' : ''}.`,
    );
  const [first = at.operator] = at.values;
  const wantsList = operator === 'in' || operator === 'notIn';
  if (value === null) {
    if (operator === 'eq' || operator === 'ne') return null;
    return new FilterProblem('filter-null-not-allowed', first, `$null cannot go with -${operator}.`, 'Use -eq or -ne.');
  }
  if (wantsList && typeof value === 'string')
    return new FilterProblem('filter-list-expected', first, `-${operator} wants a list.`, `Write ["${value}"].`);
  if (!wantsList && typeof value !== 'string')
    return new FilterProblem(
      'filter-list-not-allowed',
      first,
      `-${operator} takes one value, not a list.`,
      operator === 'eq' ? 'Use -in.' : operator === 'ne' ? 'Use -notIn.' : 'Join comparisons with or.',
    );
  return typeof value === 'string'
    ? valueProblem(comparison, value, first)
    : (value
        .map((each, i) => valueProblem(comparison, each, at.values[i + 1] ?? first))
        .find((each) => each !== null) ?? null);
}

function valueProblem({ definition }: PlacedComparison, value: string, offset: number): FilterProblem | null {
  if (definition.kind === 'version' && parseVersion(value) === null)
    return new FilterProblem(
      'filter-not-a-version',
      offset,
      `“${value}” is no version.`,
      'Write one to four numbers with points between them, such as "10.0.22631.4460" or "17.6".',
    );
  if (definition.kind === 'choice' && choiceOf(definition, value) === undefined)
    return new FilterProblem(
      'filter-wrong-value',
      offset,
      `device.${definition.name} is never “${value}”.`,
      `It is one of ${definition.values.map((each) => `"${each}"`).join(', ')}.`,
    );
  return null;
}

function warningsAbout({ definition, value, at }: PlacedComparison): readonly Finding[] {
  if (definition.deprecated !== null)
    return [
      {
        rule: 'filter-deprecated',
        severity: 'warning',
        path: 'rule',
        detail: definition.deprecated,
        fix: 'Use device.operatingSystemVersion with -gt, -ge, -lt, -le.',
        offset: at.property,
      },
    ];
  const values = typeof value === 'string' ? [value] : (value ?? []);
  const shared = values.findIndex((each) => /with entra id shared mode$/i.test(each));
  if (shared < 0) return [];
  return [
    {
      rule: 'filter-shared-mode',
      severity: 'warning',
      path: 'rule',
      detail: 'Whether a device is in shared mode is not known here: every dedicated device counts as one without.',
      fix: 'Tell these devices apart by device category or enrolment profile.',
      offset: at.values[typeof value === 'string' ? 0 : shared + 1] ?? at.property,
    },
  ];
}
