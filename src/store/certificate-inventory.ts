import type { Certificate } from '../authority/certificate.ts';
import type { DeploymentProblem, DeploymentState } from '../deployments/deployment.ts';
import { hour } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { idAt } from '../lib/ids.ts';
import type { Profile } from '../profiles/profile.ts';
import type { CertificateInventory, InventoryItem, InventoryQuery } from '../reporting/certificate-inventory.ts';
import { detailsOfCertificate, detailsOfProfile } from './certificate-details.ts';
import { afterAllIds } from './certificate-index.ts';
import { certificateRecords } from './certificate-table.ts';
import { type Candidate, type Key, walkByIssue, walkByTime, withExtra } from './certificate-walk.ts';
import { folded } from './folded.ts';
import { objectNames } from './object-names.ts';
import { type Condition, decodeCursor, encodeCursor, joined } from './page-query.ts';
import { profileRecords, profileVersionRecords } from './profile-table.ts';
import {
  hasText,
  isLongEnough,
  matchesRow,
  mayBeName,
  type SearchTerm,
  searchTerm,
  wantedTokens,
} from './search/wanted.ts';
import { searchableOf } from './searchable-certificates.ts';
import { isAnyOf, type Sql, type SqlRow, type SqlValue } from './sql.ts';

const from = `FROM certificate
  LEFT JOIN deployment ON deployment.id = certificate.deployment_id`;

const selectRows = `SELECT ${certificateRecords.select()},
    certificate.device_id AS "deviceId", certificate.user_id AS "userId", certificate.profile_id AS "profileId",
    device.device_name AS "deviceName", directory_user.user_principal_name AS "userPrincipalName",
    directory_user.display_name AS "userDisplayName", issuer.slug AS "issuerSlug",
    deployment.state AS "deploymentState", deployment.problem AS "deploymentProblem",
    deployment.current_certificate_id AS "currentCertificateId"
  ${from}
  LEFT JOIN device ON device.id = certificate.device_id
  LEFT JOIN directory_user ON directory_user.id = certificate.user_id
  LEFT JOIN issuer ON issuer.id = certificate.issuer_id`;
const selectKeys = `SELECT certificate.id AS "id", certificate.thumbprint AS "thumbprint",
    certificate.thumbprint256 AS "thumbprint256", certificate.user_id AS "userId" ${from}`;

type Row = SqlRow & {
  id: string;
  thumbprint: string;
  thumbprint256: string;
  userId: string | null;
  deviceId: string | null;
  profileId: string | null;
  deviceName: string | null;
  userPrincipalName: string | null;
  userDisplayName: string | null;
  issuerSlug: string | null;
  deploymentState: DeploymentState | null;
  deploymentProblem: string | null;
  currentCertificateId: string | null;
};

/** Candidates whose rows are compared for one page, at most. */
const mostCompared = 6000;
/** Candidates that are compared at once: few at first, as that is often enough. */
const comparedAtOnce = { least: 64, most: 1024 };
/** Devices and people that a search finds by the names they have now; when more match, by the names that certificates were issued under. */
const mostNamed = { devices: 200, users: 16 };
/** An id is made some time before or after the moment of issuing that its certificate names. */
const idSlack = hour;

export function certificateInventory(sql: Sql): CertificateInventory {
  return {
    async page(query, now, { limit, cursor }) {
      const asked = await resolve(sql, query, now, cursor);
      const rows: { readonly row: Row; readonly key: Key }[] = [];
      let compared = 0;
      let last: Key | null = null;
      for await (const some of matching<Row>(sql, asked, selectRows, () => limit + 1 - rows.length)) {
        rows.push(...some.matches);
        compared += some.compared;
        last = some.last;
        if (rows.length > limit) {
          const shown = rows.slice(0, limit);
          return { items: await itemsOf(sql, shown), next: nextOf(query, shown.at(-1)?.key) };
        }
        if (compared >= mostCompared) break;
      }
      const ended = compared < mostCompared;
      return { items: await itemsOf(sql, rows), next: ended || last === null ? null : nextOf(query, last) };
    },
    async count(query, now, most) {
      const asked = await resolve(sql, query, now, null);
      let count = 0;
      for await (const { matches } of matching<Row>(sql, asked, selectKeys, () => comparedAtOnce.most)) {
        count += matches.length;
        if (count > most) return { count: most, capped: true };
      }
      return { count, capped: false };
    },
  };
}

type Asked = {
  readonly candidates: AsyncGenerator<readonly Candidate[]>;
  readonly term: SearchTerm | null;
  readonly conditions: readonly Condition[];
};

async function resolve(sql: Sql, query: InventoryQuery, now: number, cursor: string | null): Promise<Asked> {
  refuseImpossible(query);
  const after = cursor === null ? null : cursorKey(query, cursor);
  const named = query.search === null || !mayBeName(query.search) ? nobody : await findNamed(sql, query.search);
  const term = query.search === null ? null : searchTerm(query.search, named.userIds);
  const profileIds = await profilesMeant(sql, query);
  return {
    candidates: candidatesFor(sql, query, { now, after, term, named, profileIds }),
    term,
    conditions: conditionsOf(sql, query, now, profileIds),
  };
}

type Sought = {
  readonly now: number;
  readonly after: Key | null;
  readonly term: SearchTerm | null;
  readonly named: Named;
  readonly profileIds: readonly string[] | null;
};

function candidatesFor(sql: Sql, query: InventoryQuery, sought: Sought): AsyncGenerator<readonly Candidate[]> {
  const { now, after, term, named, profileIds } = sought;
  const { descending, sort } = query;
  if (query.deviceId !== null || query.deploymentId !== null) return ofDevice(sql, query, after, term);
  if (profileIds?.length === 0) return nothing();
  const ends = endsOf(query, now);
  if (sort === 'expires') return walkByTime(sql, 'not_after', { after, descending, ...ends });
  if (sort === 'revoked') return walkByTime(sql, 'revoked_at', { after, descending, from: 0, before: always });
  const [id] = after ?? [];
  const lowest = query.issuedFrom === null ? '' : idAt(query.issuedFrom - idSlack);
  const highest = query.issuedBefore === null ? afterAllIds : idAt(query.issuedBefore + idSlack);
  const range = descending
    ? { after: lowest, before: id === undefined || id > highest ? highest : id }
    : { after: id === undefined || id < lowest ? lowest : id, before: highest };
  const wanted = wantedTokens({ term, profileIds, userId: query.userId });
  const extra = named.certificateIds.filter((each) => each > range.after && each < range.before);
  return withExtra(walkByIssue(sql, { range, descending, term, wanted, ends }), extra, descending);
}

/** A device has few: all of them, in the order that was asked for. */
async function* ofDevice(
  sql: Sql,
  { deviceId, deploymentId, sort, descending }: InventoryQuery,
  after: Key | null,
  term: SearchTerm | null,
): AsyncGenerator<readonly Candidate[]> {
  const time = { issued: 'id', expires: 'not_after', revoked: 'revoked_at' }[sort];
  const [beyond, direction] = descending ? ['<', ' DESC'] : ['>', ''];
  const behind = sort === 'issued' ? [after?.[0]] : [after === null ? null : Number(after[0]), after?.[1]];
  const columns = sort === 'issued' ? 'id' : `${time}, id`;
  const { where, params } = joined([
    ['deployment_id = $?', deploymentId],
    ['deployment_id IN (SELECT d.id FROM deployment d WHERE d.device_id = $?)', deviceId],
    [`(${columns}) ${beyond} (${behind.map(() => '$?').join(', ')})`, ...behind],
    ...(sort === 'revoked' ? [['revoked_at IS NOT NULL'] as const] : []),
  ]);
  const rows = await sql.all<SqlRow & { id: string; time: SqlValue }>(
    `SELECT id, ${time} AS time FROM certificate WHERE ${where.join(' AND ')}
     ORDER BY ${time}${direction}, id${direction}`,
    params,
  );
  const found =
    term === null
      ? null
      : await searchableOf(
          sql,
          rows.map(({ id }) => id),
        );
  const matches = new Set(
    found?.filter((each) => term !== null && (hasText(term, each.text) || matchesRow(term, each))).map(({ id }) => id),
  );
  yield rows
    .filter(({ id }) => found === null || matches.has(id))
    .map(({ id, time }) => ({ key: sort === 'issued' ? [id] : [String(time), id], sure: true }));
}

async function* nothing(): AsyncGenerator<readonly Candidate[]> {}

type Matching<R> = {
  readonly matches: readonly { readonly row: R; readonly key: Key }[];
  readonly compared: number;
  readonly last: Key;
};

/** The candidates whose rows are as asked, in order; `wanted` says how many would be enough by now. */
async function* matching<R extends Row>(
  sql: Sql,
  { candidates, term, conditions }: Asked,
  select: string,
  wanted: () => number,
): AsyncGenerator<Matching<R>> {
  const { where, params } = joined(conditions);
  const ids = isAnyOf(sql, 'certificate.id', `$${params.length + 1}`);
  const text = `${select} WHERE ${[...where, ids].join(' AND ')}`;
  let most = comparedAtOnce.least;
  for await (const all of candidates)
    for (let at = 0; at < all.length; ) {
      const some = all.slice(at, at + Math.min(most, Math.max(wanted(), comparedAtOnce.least)));
      at += some.length;
      most = Math.min(most * 2, comparedAtOnce.most);
      const rows = await sql.all<R>(text, [...params, JSON.stringify(some.map(({ key }) => key.at(-1)))]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      const matches: { row: R; key: Key }[] = [];
      for (const { key, sure } of some) {
        const row = byId.get(key.at(-1) ?? '');
        if (row !== undefined && (sure || term === null || matchesRow(term, row))) matches.push({ row, key });
      }
      yield { matches, compared: some.length, last: some.at(-1)?.key ?? [] };
    }
}

function conditionsOf(
  sql: Sql,
  query: InventoryQuery,
  now: number,
  profileIds: readonly string[] | null,
): readonly Condition[] {
  const { status, current } = query;
  const is = (condition: string) => [condition] as const;
  return [
    [isAnyOf(sql, 'certificate.profile_id', '$?'), profileIds === null ? null : JSON.stringify(profileIds)],
    ['certificate.user_id = $?', query.userId],
    ['certificate.not_after >= $?', query.expiresFrom],
    ['certificate.not_after < $?', query.expiresBefore],
    ['certificate.issued_at >= $?', query.issuedFrom],
    ['certificate.issued_at < $?', query.issuedBefore],
    ...(status === null ? [] : [is(`certificate.revoked_at IS ${status === 'revoked' ? 'NOT NULL' : 'NULL'}`)]),
    ['certificate.not_after >= $?', status === 'valid' ? now : null],
    ['certificate.not_after < $?', status === 'expired' ? now : null],
    ...(current === null ? [] : [is(current ? isCurrent : `(${isCurrent}) IS NOT TRUE`)]),
  ];
}

const isCurrent = 'deployment.current_certificate_id = certificate.id';

/** ms, behind every end of validity and every revocation. */
const always = Number.MAX_SAFE_INTEGER;

function endsOf({ status, expiresFrom, expiresBefore }: InventoryQuery, now: number) {
  return {
    from: Math.max(expiresFrom ?? 0, status === 'valid' ? now : 0),
    before: Math.min(expiresBefore ?? always, status === 'expired' ? now : always),
  };
}

type Named = { readonly certificateIds: readonly string[]; readonly userIds: readonly string[] };
const nobody: Named = { certificateIds: [], userIds: [] };

/** By the names that devices and people have now: they may have had others when their certificates were issued. */
async function findNamed(sql: Sql, search: string): Promise<Named> {
  const text = folded(search.trim());
  const has = (column: string) => `${sql.dialect === 'sqlite' ? 'instr' : 'strpos'}(${column}, $1) > 0`;
  const find = (table: string, columns: readonly string[], most: number) =>
    sql.all<SqlRow & { id: string }>(`SELECT id FROM ${table} WHERE ${columns.map(has).join(' OR ')} LIMIT $2`, [
      text,
      most + 1,
    ]);
  const users = await find('directory_user', ['user_principal_name_folded', 'display_name_folded'], mostNamed.users);
  const devices = await find('device', ['device_name_folded'], mostNamed.devices);
  const userIds = users.length > mostNamed.users ? [] : users.map(({ id }) => id);
  if (devices.length > mostNamed.devices) return { certificateIds: [], userIds };
  const certificates = await sql.all<SqlRow & { id: string }>(
    `SELECT id FROM certificate WHERE deployment_id IN
       (SELECT d.id FROM deployment d WHERE ${isAnyOf(sql, 'd.device_id', '$1')})`,
    [JSON.stringify(devices.map(({ id }) => id))],
  );
  return { certificateIds: certificates.map(({ id }) => id), userIds };
}

/** Null: of any profile. */
async function profilesMeant(sql: Sql, { profileId, platform }: InventoryQuery): Promise<readonly string[] | null> {
  if (platform === null) return profileId === null ? null : [profileId];
  const rows = await sql.all<SqlRow & { id: string }>(
    `SELECT id FROM profile WHERE platform = $1
     UNION SELECT id FROM profile_version WHERE settings LIKE $2 AND id NOT IN (SELECT id FROM profile)`,
    [platform, `%"platform":"${platform}"%`],
  );
  const ids = rows.map(({ id }) => id);
  return profileId === null ? ids : ids.filter((id) => id === profileId);
}

async function itemsOf(sql: Sql, rows: readonly { readonly row: Row }[]): Promise<readonly InventoryItem[]> {
  const profiles = await profilesOf(sql, new Set(rows.flatMap(({ row }) => row.profileId ?? [])));
  const gone = rows.flatMap(({ row: { deviceId, deviceName } }) =>
    deviceId === null || deviceName !== null ? [] : [{ kind: 'device', id: deviceId } as const],
  );
  const names = await objectNames(sql).names(gone);
  return rows.map(({ row }) => {
    const { der, state: _, ...certificate } = certificateRecords.read(row) as Certificate;
    const problem = row.deploymentProblem === null ? null : (JSON.parse(row.deploymentProblem) as DeploymentProblem);
    const current = row.currentCertificateId === row.id;
    return {
      ...certificate,
      issuerSlug: row.issuerSlug,
      deviceId: row.deviceId,
      deviceName: row.deviceName,
      lastDeviceName: row.deviceName ?? names.get(`device ${row.deviceId}`) ?? null,
      userId: row.userId,
      userPrincipalName: row.userPrincipalName,
      userDisplayName: row.userDisplayName,
      profileId: row.profileId,
      current,
      deploymentState: row.deploymentState,
      errorCode: current ? (problem?.code ?? null) : null,
      ...detailsOfCertificate(der),
      ...detailsOfProfile(profiles.get(row.profileId ?? '') ?? null),
    };
  });
}

/** As they are; those that are deleted as they were last. */
async function profilesOf(sql: Sql, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Profile>> {
  const profiles = new Map<string, Profile>();
  const read = async (missing: readonly string[], records: typeof profileRecords, order: string) => {
    if (missing.length === 0) return;
    const text = `SELECT ${records.select()} FROM ${records.name} WHERE ${isAnyOf(sql, 'id', '$1')} ${order}`;
    for (const row of await sql.all(text, [JSON.stringify(missing)])) {
      const profile = records.read(row);
      profiles.set(profile.id, profile);
    }
  };
  await read([...ids], profileRecords, '');
  await read(
    [...ids].filter((id) => !profiles.has(id)),
    profileVersionRecords,
    'ORDER BY version',
  );
  return profiles;
}

function refuseImpossible({ search, sort, status, deviceId, deploymentId }: InventoryQuery): void {
  if (search !== null && !isLongEnough(search))
    throw new Failure('invalid', 'search-too-short', 'Search for at least three characters.');
  if (search !== null && sort !== 'issued' && deviceId === null && deploymentId === null)
    throw new Failure(
      'invalid',
      'sort-not-possible',
      'What a search finds comes in the order of issuing: leave out the sort, or the search.',
      { sort },
    );
  if (sort === 'revoked' && status !== 'revoked')
    throw new Failure('invalid', 'sort-not-possible', 'Only revoked certificates can be sorted by revocation.', {
      sort,
    });
}

/** The sort is part of a cursor, so that one of another list is not taken for ours. */
function nextOf({ sort }: InventoryQuery, key: Key | undefined): string | null {
  return key === undefined ? null : encodeCursor([sort, ...key]);
}

function cursorKey({ sort }: InventoryQuery, cursor: string): Key {
  const [of, ...key] = decodeCursor(cursor, sort === 'issued' ? 2 : 3) as readonly string[];
  const isTime = sort === 'issued' || /^\d{1,16}$/.test(key[0] ?? '');
  if (of === sort && isTime) return key;
  throw new Failure('invalid', 'bad-cursor', 'The cursor is not one that this list handed out. Start without one.');
}
