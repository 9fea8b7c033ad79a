import { compareVersions, parseVersion, versionWithin } from '../../directory/os-version.ts';
import type { AssignableDevice } from '../reach.ts';
import { choiceOf, type FilterProperty, filterProperties } from './filter-property.ts';
import type { FilterComparison, FilterTree } from './filter-tree.ts';

type Test = (device: AssignableDevice) => boolean;

/** What trees come to. A tree never changes, and a store hands out the same one for the same rule. */
const tests = new WeakMap<FilterTree, Test>();

/**
 * Whether a device answers to a rule. A fact that nobody knows is `$null`: it equals nothing else, starts with and
 * contains nothing, is in no list and has no version, so that `-ne`, `-notContains` and `-notIn` hold. Where a property
 * has the word Unknown (ownership, trust type, architecture, rooted) it is that word as well.
 */
export function evaluateFilter(tree: FilterTree, device: AssignableDevice): boolean {
  let test = tests.get(tree);
  if (test === undefined) {
    test = testOf(tree);
    tests.set(tree, test);
  }
  return test(device);
}

/** The rule as a function, with all that does not depend on the device done beforehand. */
function testOf(tree: FilterTree): Test {
  if (tree.kind === 'comparison') return comparisonTest(tree);
  const terms = tree.terms.map(testOf);
  return tree.kind === 'and'
    ? (device) => terms.every((holds) => holds(device))
    : (device) => terms.some((holds) => holds(device));
}

function comparisonTest(comparison: FilterComparison): Test {
  const definition = filterProperties.get(comparison.property);
  // Never: the names of the tree are those of the table.
  if (definition === undefined) return () => false;
  const { operator, value } = comparison;
  if (value === null) {
    const isNull = nullTest(definition);
    return operator === 'eq' ? isNull : (device) => !isNull(device);
  }
  if (definition.kind === 'version') return versionTest(definition, comparison);
  const told = foldedReader(definition);
  const fold = (text: string) => (choiceOf(definition, text) ?? text).toLowerCase();
  if (typeof value !== 'string') {
    const listed = new Set(value.map(fold));
    const within: Test = (device) => {
      const actual = told(device);
      return actual !== null && listed.has(actual);
    };
    return operator === 'in' ? within : (device) => !within(device);
  }
  const wanted = fold(value);
  switch (operator) {
    case 'eq':
      return (device) => told(device) === wanted;
    case 'ne':
      return (device) => told(device) !== wanted;
    case 'startsWith':
      return (device) => told(device)?.startsWith(wanted) ?? false;
    case 'contains':
      return (device) => told(device)?.includes(wanted) ?? false;
    default:
      return (device) => !(told(device)?.includes(wanted) ?? false);
  }
}

function nullTest({ kind, read }: FilterProperty): Test {
  return (device) => {
    const actual = read(device);
    return actual === null || (kind === 'choice' && actual.toLowerCase() === 'unknown');
  };
}

/** Choices are read in their own words already, so lower case is all that is left. */
function foldedReader({ read }: FilterProperty): (device: AssignableDevice) => string | null {
  return (device) => read(device)?.toLowerCase() ?? null;
}

function versionTest({ read }: FilterProperty, { operator, value }: FilterComparison): Test {
  const bound = typeof value === 'string' ? parseVersion(value) : null;
  return (device) => {
    const actual = read(device);
    const version = actual === null ? null : versionWithin(actual);
    if (version === null || bound === null) return operator === 'ne';
    const order = compareVersions(version, bound);
    switch (operator) {
      case 'eq':
        return order === 0;
      case 'ne':
        return order !== 0;
      case 'gt':
        return order > 0;
      case 'ge':
        return order >= 0;
      case 'lt':
        return order < 0;
      default:
        return order <= 0;
    }
  };
}
