/**
 * The one place that says which changes may need a second administrator, and how much each would do: it asks this API itself, by
 * the routes that tell of impact, before the change is made.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HeldChange, HeldRequest, SecondApproval } from '../../access/held-change.ts';
import type { holdChange } from '../../access/hold-change.ts';
import { everywhere, type Principal } from '../../access/principal.ts';
import { sha256Hex } from '../../crypto/digest.ts';
import type { Bound } from '../../lib/bound.ts';
import { utf8 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';
import { callerOf, causeOf, signedInOf } from '../caller.ts';
import { carriedOutAs, carryOutAs } from '../carried-out.ts';

type Question = { readonly method: 'GET' | 'POST'; readonly url: string; readonly payload?: object };
type Params = Readonly<Record<string, string>>;
type Body = Readonly<Record<string, unknown>>;

type Guarded = {
  readonly operation: string;
  /** What says how much it would do; null: it needs the approval, however much. */
  readonly impact: (params: Params, body: Body) => Question | null;
  /** Certificates, of the answer. */
  readonly count: (answer: Answer) => number;
  /** What must be the same still when it is carried out. */
  readonly about: (params: Params) => string | null;
  /** Of all that the route can do, whether this is meant. Default: yes. */
  readonly when?: (body: Body) => boolean;
};

type Counts = { readonly reissue: number; readonly remove: number; readonly revoke: number };
/** As far as it is read of any of the routes that are asked. */
type Answer = {
  readonly profiles?: readonly { readonly counts: Counts }[];
  readonly total?: number;
  readonly waiting?: number;
  /** Of a plan. */
  readonly impact?: readonly { readonly counts: Counts }[] | null;
};

const api = '/api/v1';
const touched = ({ profiles = [] }: Answer) =>
  profiles.reduce((sum, { counts }) => sum + counts.reissue + counts.remove + counts.revoke, 0);
const profileImpact = (payload: object): Question => ({
  method: 'POST',
  url: `${api}/profiles/impact`,
  payload: { ...payload, limit: 0 },
});
const reach = (payload: object): Question => ({
  method: 'POST',
  url: `${api}/impact`,
  payload: { ...payload, limit: 0 },
});
const segment = (text: string | undefined) => encodeURIComponent(text ?? '');
const profile = ({ profile }: Params) => `${api}/profiles/${segment(profile)}/document`;
const always = { impact: () => null, count: () => Number.POSITIVE_INFINITY, about: () => null };

const saveProfile: Guarded = {
  operation: 'save-profile',
  impact: ({ profile }, document) => profileImpact({ profile, document }),
  count: touched,
  about: profile,
};

/** By method and route. */
const guarded: Readonly<Record<string, Guarded>> = {
  'PUT /profiles/:profile': saveProfile,
  'PUT /profiles/:profile/document': saveProfile,
  'DELETE /profiles/:profile': {
    operation: 'delete-profile',
    impact: ({ profile }) => profileImpact({ profile, delete: true }),
    count: touched,
    about: profile,
  },
  'PUT /profiles/:profile/assignments': {
    operation: 'assign-profile',
    impact: ({ profile }, { items }) => profileImpact({ profile, assignments: items }),
    count: touched,
    about: profile,
  },
  'POST /profiles/apply': {
    operation: 'apply-profiles',
    impact: (_params, body) => ({ method: 'POST', url: `${api}/profiles/plan`, payload: { ...body, impact: true } }),
    count: ({ impact }) => touched({ profiles: impact ?? [] }),
    about: () => `${api}/profiles?limit=200`,
  },
  'POST /groups/:group/members': {
    operation: 'change-members',
    impact: ({ group }, body) => reach({ ...body, change: 'members', group }),
    count: touched,
    about: ({ group }) => `${api}/groups/${segment(group)}/members?limit=200`,
  },
  'DELETE /groups/:group': {
    operation: 'delete-group',
    impact: ({ group }) => reach({ change: 'deleteGroup', group }),
    count: touched,
    about: ({ group }) => `${api}/groups/${segment(group)}`,
  },
  'PUT /filters/:filter': {
    operation: 'save-filter',
    impact: ({ filter }, { rule }) => reach({ change: 'filter', filter, rule }),
    count: touched,
    about: ({ filter }) => `${api}/filters/${segment(filter)}`,
  },
  'PUT /settings/co-management': {
    operation: 'set-co-management',
    impact: (_params, { pilotGroup }) => reach({ change: 'coManagement', pilotGroup }),
    count: touched,
    about: () => `${api}/settings/co-management`,
  },
  'POST /deployments/re-issue': {
    operation: 're-issue',
    impact: (_params, body) => ({
      method: 'POST',
      url: `${api}/deployments/re-issue`,
      payload: { ...body, dryRun: true },
    }),
    count: ({ total = 0 }) => total,
    about: () => null,
    when: ({ dryRun }) => dryRun !== true,
  },
  'POST /certificates/revoke': {
    operation: 'revoke-certificates',
    impact: (_params, body) => ({
      method: 'POST',
      url: `${api}/certificates/revoke`,
      payload: { ...body, dryRun: true },
    }),
    count: ({ total = 0 }) => total,
    about: () => null,
    when: ({ dryRun }) => dryRun !== true,
  },
  'POST /removals/:removal/confirm': {
    operation: 'confirm-removal',
    impact: ({ removal }) => ({ method: 'GET', url: `${api}/removals/${segment(removal)}` }),
    count: ({ waiting = 0 }) => waiting,
    about: ({ removal }) => `${api}/removals/${segment(removal)}`,
  },
  'POST /authorities/:authority/rollover': {
    ...always,
    operation: 'finish-rollover',
    about: ({ authority }) => `${api}/authorities/${segment(authority)}`,
    when: ({ step }) => step === 'finish',
  },
  // Else whoever wants to do much alone sets these first.
  'PUT /settings/second-approval': { ...always, operation: 'set-second-approval' },
  'PUT /settings/mass-removal': { ...always, operation: 'set-mass-removal' },
};

export type SecondApprovalUseCases = {
  readonly secondApproval: { get(): Promise<SecondApproval> };
  readonly holdChange: Bound<typeof holdChange>;
  /** Who is behind a caller: of an API token whoever made it. */
  personOf(principal: Pick<Principal, 'kind' | 'id'>): Promise<string>;
};

/** Failure `approval-needed` for a change that now waits for another administrator. */
export async function holdForApproval(
  app: FastifyInstance,
  { secondApproval, holdChange, personOf }: SecondApprovalUseCases,
  request: FastifyRequest,
): Promise<void> {
  const route = `${request.method} ${request.routeOptions.url?.slice(api.length) ?? ''}`;
  const rule = Object.hasOwn(guarded, route) ? guarded[route] : undefined;
  const body = (request.body ?? {}) as Body;
  if (rule === undefined || carriedOutAs() !== null || rule.when?.(body) === false) return;
  const { deployments: threshold } = await secondApproval.get();
  if (threshold === null) return;
  const params = (request.params ?? {}) as Params;
  const counted = await countOf(app, rule, request, params, body);
  if (counted === null || counted < threshold) return;
  const { kind, id, name } = callerOf(request);
  const session = signedInOf(request)?.session;
  const claimed = session?.providerId == null ? null : { providerId: session.providerId, groups: session.groups };
  const held = await holdChange({
    operation: rule.operation,
    asker: { kind, id, name, person: await personOf({ kind, id }), claimed },
    request: requestOf(request),
    deployments: Number.isFinite(counted) ? counted : null,
    fingerprint: await fingerprintOf(app, rule, params),
    cause: causeOf(request),
  });
  throw approvalNeeded(held);
}

/** Of what a held change is about, as it is now. */
export async function fingerprintNow(app: FastifyInstance, { request }: HeldChange): Promise<string> {
  const path = request.url.split('?')[0] ?? '';
  for (const [route, rule] of Object.entries(guarded)) {
    const [method, pattern = ''] = route.split(' ');
    const params = method === request.method ? paramsOf(`${api}${pattern}`, path) : null;
    if (params !== null) return fingerprintOf(app, rule, params);
  }
  return 'unknown';
}

function paramsOf(pattern: string, path: string): Params | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return params;
}

/** Asks as one who sees everything: what a change does to what its asker does not see counts as well. */
const observer: Principal = {
  kind: 'token',
  id: '',
  name: 'second approval',
  grants: [{ permissions: 'all', scope: everywhere }],
};

async function ask(app: FastifyInstance, { method, url, payload }: Question) {
  const answer = await carryOutAs(observer, () =>
    app.inject({ method, url, headers: { accept: 'application/json' }, ...(payload !== undefined && { payload }) }),
  );
  if (answer.statusCode < 500 && answer.statusCode !== 401 && answer.statusCode !== 403) return answer;
  throw impactUnknown();
}

function impactUnknown(): Failure {
  return new Failure(
    'unavailable',
    'impact-unknown',
    'What this change would do cannot be told just now, so whether it needs a second administrator. Try again later.',
    { retryAfter: 10 },
  );
}

/** Null: it would be refused anyway, and says why itself. */
async function countOf(
  app: FastifyInstance,
  rule: Guarded,
  request: FastifyRequest,
  params: Params,
  body: Body,
): Promise<number | null> {
  const question = rule.impact(params, body);
  if (question === null) return rule.count({});
  const answer = await ask(app, question);
  // What its own schema takes and the other route's does not, nobody has counted.
  if (answer.statusCode === 400 && question.url !== request.url.split('?')[0]) throw impactUnknown();
  return answer.statusCode >= 400 ? null : rule.count(answer.json<Answer>());
}

async function fingerprintOf(app: FastifyInstance, rule: Guarded, params: Params): Promise<string> {
  const url = rule.about(params);
  if (url === null) return '';
  const answer = await ask(app, { method: 'GET', url });
  return sha256Hex(utf8(`${answer.statusCode} ${String(answer.headers.etag)} ${answer.body}`));
}

function requestOf(request: FastifyRequest): HeldRequest {
  const { method, url, body = null } = request;
  return { method, url, body, ifMatch: request.headers['if-match'] ?? null };
}

function approvalNeeded({ id, deployments, expiresAt }: HeldChange): Failure {
  const much = deployments === null ? 'This' : `This touches ${deployments} deployments, and`;
  return new Failure(
    'conflict',
    'approval-needed',
    `${much} needs a second administrator. Nothing is done yet: it waits as ${id} until another one approves it (Administration → Waiting changes, or scepward change approve ${id}).`,
    { heldChange: id, deployments, expiresAt },
  );
}
