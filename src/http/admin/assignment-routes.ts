/** `/api/v1/profiles/{profile}/assignments`: who gets it. */
import { z } from 'zod';
import type { assign } from '../../assignments/assign.ts';
import type { Assignment } from '../../assignments/assignment.ts';
import type { assignmentFindings } from '../../assignments/assignment-findings.ts';
import type { AssignmentStore } from '../../assignments/assignment-store.ts';
import type { NewAssignment } from '../../assignments/new-assignment.ts';
import { sha256Hex } from '../../crypto/digest.ts';
import type { Bound } from '../../lib/bound.ts';
import { utf8 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';
import type { countTargets } from '../../lifecycle/count-targets.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice, findGroup, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { platformSchema } from './fact-schemas.ts';
import { type FilterNames, findFilter } from './find-filter.ts';
import { nameParam } from './find-named.ts';
import { findProfile } from './find-profile.ts';
import { list } from './list-schema.ts';
import { findingsSchema } from './problem-schema.ts';
import type { Reviewing } from './reviewed.ts';

export type AssignmentUseCases = DirectoryNames &
  Reviewing & {
    readonly profiles: Pick<ProfileStore, 'get' | 'findBySlug' | 'findByName'>;
    readonly assignments: Pick<AssignmentStore, 'byProfile'>;
    readonly filters: FilterNames['filters'];
    readonly assign: Bound<typeof assign>;
    readonly assignmentFindings: Bound<typeof assignmentFindings>;
    readonly countTargets: Bound<typeof countTargets>;
  };

const params = z.strictObject({ profile: nameParam('Id, slug or exact name') });
const mode = z.enum(['include', 'exclude']).describe('Exclusion wins');
const everybody = z.object({ kind: z.enum(['allUsers', 'allDevices']) });
const assignmentSchema = z
  .object({
    id: z.string(),
    mode,
    target: z.union([
      everybody,
      z.object({ kind: z.literal('group'), groupId: z.string() }),
      z.object({ kind: z.literal('user'), userId: z.string() }),
      z.object({ kind: z.literal('device'), deviceId: z.string() }),
    ]),
    filter: z
      .object({ filterId: z.string(), mode: z.enum(['include', 'exclude']) })
      .nullable()
      .describe('include: only devices that answer to it; exclude: only the others'),
  })
  .meta({ id: 'Assignment' });
const listSchema = z.object({ items: list(assignmentSchema), next: z.null() });
const assignedSchema = listSchema.extend({
  findings: findingsSchema.describe('What is worth knowing about the combination; nothing is wrong with it'),
});

const targetInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['allUsers', 'allDevices']) }),
  z.strictObject({ kind: z.literal('group'), groupId: nameParam('Id or exact name') }),
  z.strictObject({ kind: z.literal('user'), userId: nameParam('Id or user principal name') }),
  z.strictObject({ kind: z.literal('device'), deviceId: nameParam('Id or exact name') }),
]);
const filterInput = z
  .strictObject({ filterId: nameParam('Id or exact name'), mode: z.enum(['include', 'exclude']) })
  .nullable()
  .describe('On inclusions only');
/** With the ids that GET gave, so that what it gives can be sent back; they are given anew to what is new. */
export const assignmentsInput = z
  .array(z.strictObject({ id: z.string().optional(), mode, target: targetInput, filter: filterInput.optional() }))
  .max(1000);
const input = z.strictObject({
  items: assignmentsInput,
  next: z.null().optional(),
  // As PUT answers it, so that its answer can be sent back too; not looked at.
  findings: z.array(z.unknown()).max(10_000).optional(),
});
const previewInput = z.strictObject({ platform: platformSchema, items: assignmentsInput });
const previewSchema = z
  .object({
    items: list(
      z.object({
        devices: z.number().int().describe('Of the platform, that this line names and its filter lets through'),
      }),
    ).describe('In the order given'),
    findings: findingsSchema.describe('At `assignments.<line>`; errors would refuse them'),
  })
  .meta({ id: 'AssignmentsPreview' });
const tag = 'profiles';

export function registerAssignmentRoutes(scope: AdminScope, useCases: AssignmentUseCases): void {
  scope.get(
    '/profiles/:profile/assignments',
    documented(
      { permission: 'profiles.read', tag, summary: 'Who gets a profile' },
      { params, response: { 200: listSchema } },
    ),
    async ({ params: { profile } }, reply) => {
      const { id } = await findProfile(useCases, profile);
      const items = await useCases.assignments.byProfile(id);
      reply.header('etag', etagOf(items));
      return { items, next: null };
    },
  );

  scope.put(
    '/profiles/:profile/assignments',
    documented(
      {
        permission: 'profiles.assign',
        tag,
        summary: 'Assign a profile',
        headers: ['if-match'],
        detail:
          'These become its only assignments. Targets are named by id or exact name. If-Match with the ETag of what was edited may be left out.',
      },
      { params, body: input, response: { 200: assignedSchema } },
    ),
    async (request, reply) => {
      const { id, settings } = await findProfile(useCases, request.params.profile);
      const assignments = await newAssignments(useCases, request.body.items);
      const edited = request.headers['if-match'];
      const items = await useCases.assign({
        profileId: id,
        assignments,
        cause: causeOf(request),
        ...(edited !== undefined && { expect: (before) => expectEdited(before, edited) }),
      });
      reply.header('etag', etagOf(items));
      const findings = await useCases.assignmentFindings({ assignments, platform: settings.platform });
      const review = await useCases.reviewAssignments({ world: null, focus: [id] });
      return { items, next: null, findings: [...review(id, findings)] };
    },
  );

  scope.post(
    '/assignments/preview',
    documented(
      {
        permission: 'profiles.read',
        tag,
        summary: 'How many devices each line of assignments would reach, and what is to be said of them',
        detail:
          'While they are being written; nothing is stored. Each line by itself: what exclusions take away is for `/profiles/impact` to say.',
      },
      { body: previewInput, response: { 200: previewSchema } },
    ),
    async ({ body: { platform, items } }) => {
      const assignments = await newAssignments(useCases, items);
      const counts = await useCases.countTargets({ assignments, platform });
      const findings = await useCases.assignmentFindings({ assignments, platform });
      return { items: counts.map((devices) => ({ devices })), findings: [...findings] };
    },
  );
}

/** What is new has an id of its own: the same ids are the same assignments. */
function etagOf(assignments: readonly Assignment[]): string {
  const ids = assignments.map(({ id }) => id).toSorted();
  return `"${sha256Hex(utf8(ids.join())).slice(0, 32)}"`;
}

function expectEdited(before: readonly Assignment[], ifMatch: string): void {
  if (ifMatch === '*' || ifMatch === etagOf(before)) return;
  const message = 'Somebody else has assigned the profile meanwhile: read it again and repeat the change.';
  throw new Failure('precondition', 'assignments-changed', message);
}

/** Names become ids. */
export async function newAssignments(
  names: DirectoryNames & FilterNames,
  items: z.infer<typeof assignmentsInput>,
): Promise<readonly NewAssignment[]> {
  const assignments: NewAssignment[] = [];
  for (const { mode, target, filter = null } of items)
    assignments.push({
      mode,
      target: await targetOf(names, target),
      filter: filter && { filterId: (await findFilter(names, filter.filterId)).id, mode: filter.mode },
    });
  return assignments;
}

async function targetOf(names: DirectoryNames, target: z.infer<typeof targetInput>): Promise<NewAssignment['target']> {
  switch (target.kind) {
    case 'group':
      return { kind: 'group', groupId: (await findGroup(names, target.groupId)).id };
    case 'user':
      return { kind: 'user', userId: (await findUser(names, target.userId)).id };
    case 'device':
      return { kind: 'device', deviceId: (await findDevice(names, target.deviceId)).id };
    default:
      return { kind: target.kind };
  }
}
