import { type Fields, fault, openFields, pathTo, take, takeList } from '../document-reader.ts';
import { hasErrors } from '../finding.ts';
import { filterTypes, takeMember } from './graph-enumeration.ts';
import { type GraphImportOptions, leaveOut, tell } from './graph-import.ts';

/** The virtual groups of every tenant (intune-domain 6.6). */
export const allUsersGroup = 'acacacac-9df4-4c7d-9d50-4ef0226f57a9';
export const allDevicesGroup = 'adadadad-808e-44e2-905a-0b7873a8a531';

type Find = Pick<GraphImportOptions, 'findGroup' | 'findFilter'>;
type Line = Readonly<Record<string, unknown>>;
type Target = 'allUsers' | 'allDevices' | { readonly group: string };
/** `lost`: nobody here is meant. `wider`: whoever it kept away would now be reached. */
type Carried = { readonly line: Line } | 'lost' | 'wider';

/**
 * Who the profile is for, as lines of our document; undefined when the JSON says nothing, or when what cannot be carried
 * over would let the profile reach others than it did. `exists`: there is such a profile here already, which must not lose
 * whom it has because of a group that nobody knows.
 */
export function importAssignments(
  fields: Fields,
  find: Find,
  { exists, narrowed }: { readonly exists: boolean; readonly narrowed: boolean },
): readonly Line[] | undefined {
  const legacy = take(fields, 'groupAssignments') !== undefined && take(fields, 'assignments') === undefined;
  const name = legacy ? 'groupAssignments' : 'assignments';
  if (take(fields, name) === undefined) return undefined;
  const before = fields.findings.length;
  const carried = takeList(fields, name, Number.POSITIVE_INFINITY, 'assignments').map((item, i) => {
    const path = pathTo(fields, `${name}.${i}`);
    const part = openFields(item, path, fields.findings);
    if (part === undefined) return 'wider';
    return legacy ? importLegacy(part, find) : importOne(part, find);
  });
  if (hasErrors(fields.findings.slice(before))) return undefined;
  const lines = carried.flatMap((each) => (typeof each === 'string' ? [] : [each.line]));
  const why = carried.includes('wider')
    ? 'Without what could not be carried over the profile would reach others than it did'
    : narrowed && lines.length > 0
      ? 'Without its applicability rule the profile would reach others than it did'
      : carried.includes('lost') && exists
        ? 'The profile would lose devices that it has here'
        : null;
  if (why === null) return lines;
  leaveOut(fields, pathTo(fields, name), `${why}: none of its assignments is carried over.`, {
    fix: 'Import it, look at it, and assign it.',
  });
  return undefined;
}

function importOne(part: Fields, find: Find): Carried {
  const intent = take(part, 'intent');
  const target = openFields(take(part, 'target'), pathTo(part, 'target'), part.findings);
  if (target === undefined) return 'wider';
  if (intent !== undefined && intent !== 'apply') {
    leaveOut(part, pathTo(part, 'intent'), `An assignment with the intent “${String(intent)}” has no counterpart.`);
    return 'wider';
  }
  const type = String(take(target, '@odata.type') ?? '').replace(/^#?(microsoft\.graph\.)?/i, '');
  const exclude = type.toLowerCase() === 'exclusiongroupassignmenttarget';
  const found = importTarget(target, type, find.findGroup);
  const filter = importFilter(target, exclude, find.findFilter);
  if (found === null || filter === null) return exclude ? 'wider' : 'lost';
  return { line: { [exclude ? 'exclude' : 'include']: found, ...filter } };
}

function importTarget(target: Fields, type: string, findGroup: Find['findGroup']): Target | null {
  switch (type.toLowerCase()) {
    case 'alllicensedusersassignmenttarget':
      return 'allUsers';
    case 'alldevicesassignmenttarget':
      return 'allDevices';
    case 'groupassignmenttarget':
    case 'exclusiongroupassignmenttarget':
      return importGroup(target, 'groupId', findGroup);
    default: {
      const what = type === '' ? 'A target without @odata.type' : `A target of the type ${type.slice(0, 100)}`;
      leaveOut(target, target.path, `${what} has no counterpart.`, { fix: 'Assign the profile to a group instead.' });
      return null;
    }
  }
}

function importGroup(part: Fields, name: string, findGroup: Find['findGroup']): Target | null {
  const id = take(part, name);
  if (typeof id !== 'string' || id.trim() === '') {
    fault(part, name, 'wrong-type', 'The id of a group is missing.');
    return null;
  }
  const wanted = id.trim().toLowerCase();
  if (wanted === allUsersGroup) return 'allUsers';
  if (wanted === allDevicesGroup) return 'allDevices';
  if (findGroup === undefined) {
    tell(part, name, 'Whether there is a group with this id only the server knows.');
    return { group: wanted };
  }
  const found = findGroup(wanted);
  if (found !== null) return { group: found };
  leaveOut(part, pathTo(part, name), `The directory here has no group ${id.slice(0, 60)}.`, {
    fix: `Say which group it is: --group ${id.slice(0, 60)}=<name>.`,
  });
  return null;
}

/** Beside the target, as our documents have it; null when there is one that cannot be carried over. */
function importFilter(target: Fields, exclude: boolean, findFilter: Find['findFilter']): Line | null {
  const name = 'deviceAndAppManagementAssignmentFilterId';
  const id = take(target, name);
  const mode = takeMember(target, 'deviceAndAppManagementAssignmentFilterType', filterTypes);
  if (id === undefined || id === '' || mode === null || mode === 'none') return {};
  if (typeof id !== 'string') {
    fault(target, name, 'wrong-type', 'The id of a filter is text.');
    return null;
  }
  const found = findFilter === undefined ? id.toLowerCase() : findFilter(id.toLowerCase());
  if (exclude) leaveOut(target, pathTo(target, name), 'An exclusion takes no filter here.');
  else if (found === null)
    leaveOut(
      target,
      pathTo(target, name),
      `There is no filter ${id.slice(0, 60)} here; its rule is not part of the export.`,
      {
        fix: `Add a filter with the same rule, and say that it is this one: --filter ${id.slice(0, 60)}=<name>.`,
      },
    );
  else {
    if (findFilter === undefined) tell(target, name, 'Whether there is a filter with this id only the server knows.');
    return { filter: { [mode]: found } };
  }
  return null;
}

/** The older form: `{ targetGroupId, excludeGroup }`. */
function importLegacy(part: Fields, { findGroup }: Find): Carried {
  const exclude = take(part, 'excludeGroup') === true;
  const found = importGroup(part, 'targetGroupId', findGroup);
  if (found === null) return exclude ? 'wider' : 'lost';
  return { line: { [exclude ? 'exclude' : 'include']: found } };
}
