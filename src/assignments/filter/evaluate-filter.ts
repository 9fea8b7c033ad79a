import type { Device } from '../../directory/device.ts';
import { compareVersions, parseVersion, versionWithin } from '../../directory/os-version.ts';
import { choiceOf, filterProperties } from './filter-property.ts';
import type { FilterComparison, FilterTree } from './filter-tree.ts';

/**
 * Whether a device answers to a rule. A fact that nobody knows is `$null`: it equals nothing else, starts with and
 * contains nothing, is in no list and has no version, so that `-ne`, `-notContains` and `-notIn` hold. Where a property
 * has the word Unknown (ownership, trust type, architecture, rooted) it is that word as well.
 */
export function evaluateFilter(tree: FilterTree, device: Device): boolean {
  if (tree.kind === 'comparison') return compare(tree, device);
  const holds = (term: FilterTree) => evaluateFilter(term, device);
  return tree.kind === 'and' ? tree.terms.every(holds) : tree.terms.some(holds);
}

function compare({ property, operator, value }: FilterComparison, device: Device): boolean {
  const definition = filterProperties.get(property);
  // Never: the names of the tree are those of the table.
  if (definition === undefined) return false;
  const actual = definition.read(device);
  if (value === null) {
    const isNull = actual === null || (definition.kind === 'choice' && actual.toLowerCase() === 'unknown');
    return operator === 'eq' ? isNull : !isNull;
  }
  if (definition.kind === 'version') return compareAsVersion(operator, actual, typeof value === 'string' ? value : '');
  const fold = (text: string) => (choiceOf(definition, text) ?? text).toLowerCase();
  const told = actual === null ? null : fold(actual);
  if (typeof value !== 'string') {
    const within = told !== null && value.some((each) => fold(each) === told);
    return operator === 'in' ? within : !within;
  }
  const wanted = fold(value);
  switch (operator) {
    case 'eq':
      return told === wanted;
    case 'ne':
      return told !== wanted;
    case 'startsWith':
      return told?.startsWith(wanted) ?? false;
    case 'contains':
      return told?.includes(wanted) ?? false;
    default:
      return !(told?.includes(wanted) ?? false);
  }
}

function compareAsVersion(operator: FilterComparison['operator'], actual: string | null, wanted: string): boolean {
  const version = actual === null ? null : versionWithin(actual);
  const bound = parseVersion(wanted);
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
}
