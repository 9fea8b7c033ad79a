import { seesEverything, viewerNow } from '../access/viewing.ts';
import type { Certificate } from '../authority/certificate.ts';
import type { DeploymentProblem, DeploymentState } from '../deployments/deployment.ts';
import { Failure } from '../lib/failure.ts';
import type { Profile } from '../profiles/profile.ts';
import type { CertificateInventory, InventoryItem, InventoryQuery } from '../reporting/certificate-inventory.ts';
import { detailsOfCertificate, detailsOfProfile } from './certificate-details.ts';
import { certificateRecords } from './certificate-table.ts';
import { type Block, type Numbers, put } from './columns/block.ts';
import {
  type Candidate,
  candidatesIn,
  countOf,
  type Having,
  type Key,
  type Portion,
  type Sought,
} from './columns/candidates.ts';
import { type Blocks, certificateBlocks, placeOf } from './columns/certificate-blocks.ts';
import { wordsOfId } from './columns/id-words.ts';
import { anyTime, anything, type BlockFilter, type Visible } from './columns/match-block.ts';
import { type Named, type NameRanks, nameRanks, rankOf } from './columns/name-ranks.ts';
import { summaryOf } from './columns/summary.ts';
import { walkByIssue } from './columns/walk-by-issue.ts';
import { type KeyOf, walkByNumber } from './columns/walk-by-number.ts';
import { walkByText } from './columns/walk-by-text.ts';
import { folded } from './folded.ts';
import { objectNames } from './object-names.ts';
import { badCursor, type Condition, decodeCursor, encodeCursor, joined } from './page-query.ts';
import { profileRecords, profileVersionRecords } from './profile-table.ts';
import { noOrdinals, type Ordinals } from './search/postings.ts';
import { hasThumbprint, isLongEnough, mayBeName, searchTerm, type Wanted, wantedTokens } from './search/wanted.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

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

/** Texts that are looked at and rows that are compared for one page, at most: in other orders they lie far apart. */
const mostLookedAt = { issued: 6000, otherwise: 1000 };
/** Looked at before what the viewer does not see is left out beforehand: that costs a look at every device. */
const mostHidden = 512;
/** Searches that are kept: some 130 kB each at a million certificates. */
const mostSearches = 16;
/** Rows that are compared at once. */
const comparedAtOnce = { least: 64, most: 1024 };
/** Devices and people that a search finds by the names they have now; when more match, by the names that certificates were issued under. */
const mostNamed = { devices: 200, users: 16 };

/** `sql` shows what the viewer may see, `all` everything. */
export function certificateInventory(sql: Sql, all: Sql): CertificateInventory {
  const lookUp: LookUp = {
    sql,
    all,
    blocksNow: certificateBlocks(all),
    ranksNow: nameRanks(sql, all),
    havingAll: recentSearches(),
  };
  return {
    async page(query, now, { limit, cursor }) {
      const asked = await resolve(lookUp, query, now);
      const most = query.sort === 'issued' ? mostLookedAt.issued : mostLookedAt.otherwise;
      const rows: { readonly row: Row; readonly key: Key }[] = [];
      let after = cursor === null ? null : cursorKey(query, cursor);
      // Rows say what is visible; who sees little has the others left out beforehand.
      let isNarrow = seesEverything(viewerNow());
      let visible: Visible | null = null;
      let wanted = asked.wanted;
      let portions = asked.portions(after, visible);
      for (let looked = 0; ; ) {
        const { done, value: portion } = await portions.next();
        if (done) return { items: await itemsOf(sql, rows), next: null };
        const { candidates } = portion;
        for (let from = 0, size = comparedAtOnce.least; from < candidates.length; from += size) {
          rows.push(...(await matching<Row>(sql, asked, selectRows, candidates.slice(from, from + size))));
          if (rows.length <= limit) continue;
          const shown = rows.slice(0, limit);
          return { items: await itemsOf(sql, shown), next: nextOf(query, shown.at(-1)?.key) };
        }
        looked += portion.looked;
        after = portion.last ?? after;
        if (!isNarrow && looked >= mostHidden) {
          isNarrow = true;
          visible = await visibleTo(lookUp, asked.numbers, now);
          portions = asked.portions(after, visible, wanted);
        } else if (asked.term !== null && wanted === asked.wanted && isVain(portion)) {
          wanted = wantedTokens(asked.term, 'thorough');
          portions = asked.portions(after, visible, wanted);
        } else if (isNarrow && asked.term !== null && looked >= most && after !== null)
          return { items: await itemsOf(sql, rows), next: nextOf(query, after) };
      }
    },
    async count(query, now, most) {
      const asked = await resolve(lookUp, query, now);
      let count = 0;
      const isNarrow = seesEverything(viewerNow());
      if (asked.term === null && isNarrow) {
        for (const set of await candidatesIn(sql, asked, asked.blocks)) count += countOf(set);
        return { count: Math.min(count, most), capped: count > most };
      }
      const visible = isNarrow ? null : await visibleTo(lookUp, asked.numbers, null);
      for await (const { candidates } of asked.portions(null, visible)) {
        // Who sees everything is told what columns say.
        const doubtful = isNarrow ? candidates.filter(({ sure }) => !sure) : candidates;
        count += candidates.length - doubtful.length;
        for (let from = 0; from < doubtful.length; from += comparedAtOnce.most) {
          const some = doubtful.slice(from, from + comparedAtOnce.most);
          count += (await matching<Row>(sql, asked, selectKeys, some)).length;
        }
        if (count > most) return { count: most, capped: true };
      }
      return { count, capped: false };
    },
    async summary({ profileId, platform }, now, horizons) {
      const { blocks, numbers } = await lookUp.blocksNow();
      const profiles = numbered(numbers, await profilesMeant(sql, { profileId, platform }));
      const visible = seesEverything(viewerNow()) ? null : await visibleTo(lookUp, numbers, null);
      return summaryOf(blocks, { ...anything, profiles, visible }, now, horizons);
    },
  };
}

/** What the index has said is kept for whoever goes on to the next page, or sorts in another way. */
function recentSearches(): LookUp['havingAll'] {
  const known = new Map<string, WeakMap<Block, Having>>();
  return (wanted) => {
    const key = JSON.stringify(wanted);
    const having = known.get(key) ?? new WeakMap<Block, Having>();
    known.delete(key);
    known.set(key, having);
    for (const oldest of known.keys()) if (known.size > mostSearches) known.delete(oldest);
    return having;
  };
}

/** Most of what the index found is not it. */
function isVain({ candidates, looked }: Portion): boolean {
  return looked >= comparedAtOnce.least && candidates.length * 4 < looked;
}

type LookUp = {
  readonly sql: Sql;
  readonly all: Sql;
  readonly blocksNow: ReturnType<typeof certificateBlocks>;
  readonly ranksNow: ReturnType<typeof nameRanks>;
  /** What is known of who has these tokens. */
  readonly havingAll: (wanted: Wanted) => WeakMap<Block, Having>;
};

type Asked = Sought & {
  readonly numbers: Numbers;
  readonly conditions: readonly Condition[];
  /** From behind a key; `visible`: what else cannot be meant. */
  portions(after: Key | null, visible: Visible | null, wanted?: Wanted): AsyncGenerator<Portion>;
};

async function resolve(lookUp: LookUp, query: InventoryQuery, now: number): Promise<Asked> {
  const { sql } = lookUp;
  const { search } = query;
  if (search !== null && !isLongEnough(search))
    throw new Failure('invalid', 'search-too-short', 'Search for at least three characters.');
  const term = search === null ? null : searchTerm(search);
  const named = search === null || !mayBeName(search) ? nobody : await findNamed(sql, search);
  const profileIds = await profilesMeant(sql, query);
  const known = await lookUp.blocksNow();
  const filter = filterOf(query, known.numbers, now, profileIds);
  const wanted = term === null ? [] : wantedTokens(term, 'quick');
  const sought: Sought = {
    blocks: filter === null ? [] : known.blocks,
    filter: filter ?? anything,
    only: query.deploymentId === null ? null : await ofDeployment(sql, known.blocks, query.deploymentId),
    term,
    wanted,
    having: lookUp.havingAll(wanted),
    named: namedIn(known, named),
  };
  return {
    ...sought,
    numbers: known.numbers,
    conditions: conditionsOf(sql, query, now, profileIds),
    portions: (after, visible, wanted = sought.wanted) => {
      const filter = { ...sought.filter, visible };
      const those = { ...sought, wanted, having: lookUp.havingAll(wanted), filter };
      return portionsFor(lookUp, those, known.numbers, query, now, after);
    },
  };
}

/** `now` null: to the moment; else it may be some seconds old. */
async function visibleTo({ ranksNow }: LookUp, numbers: Numbers, now: number | null): Promise<Visible> {
  const there = await ranksNow('device', numbers, now, 'everything');
  const devices = await ranksNow('device', numbers, now);
  const profiles = await ranksNow('profile', numbers, now);
  return { there: there.ranks, devices: devices.ranks, profiles: profiles.ranks };
}

/** Null: there is nothing of that. */
function filterOf(
  query: InventoryQuery,
  numbers: Numbers,
  now: number,
  profileIds: readonly string[] | null,
): BlockFilter | null {
  const { status, current, deviceId, userId } = query;
  const device = deviceId === null ? null : numbers.devices.find(wordsOfId(deviceId), 0);
  const user = userId === null ? null : numbers.users.find(wordsOfId(userId), 0);
  if (device === 0 || user === 0) return null;
  return {
    profiles: numbered(numbers, profileIds),
    device,
    user,
    revoked: status === null ? null : status === 'revoked',
    latest: current,
    ends: {
      from: Math.max(query.expiresFrom ?? anyTime.from, status === 'valid' ? now : anyTime.from),
      before: Math.min(query.expiresBefore ?? anyTime.before, status === 'expired' ? now : anyTime.before),
    },
    issued: { from: query.issuedFrom ?? anyTime.from, before: query.issuedBefore ?? anyTime.before },
    visible: null,
  };
}

/** By the number of each profile whether it is one of these; null: all are. */
function numbered({ profiles }: Numbers, ids: readonly string[] | null): Uint8Array | null {
  if (ids === null) return null;
  const meant = new Uint8Array(profiles.size + 1);
  for (const id of ids) meant[profiles.find(wordsOfId(id), 0)] = 1;
  meant[0] = 0;
  return meant;
}

async function ofDeployment(
  sql: Sql,
  blocks: readonly Block[],
  deploymentId: string,
): Promise<ReadonlyMap<Block, Ordinals>> {
  const rows = await sql.all<SqlRow & { id: string }>('SELECT id FROM certificate WHERE deployment_id = $1', [
    deploymentId,
  ]);
  return placesIn(
    blocks,
    rows.map(({ id }) => id),
  );
}

function placesIn(blocks: readonly Block[], ids: readonly string[]): ReadonlyMap<Block, Ordinals> {
  const places = new Map<Block, Ordinals>();
  for (const id of ids) {
    const place = placeOf(blocks, wordsOfId(id), 0);
    if (place === null) continue;
    const set = places.get(place.block) ?? noOrdinals();
    put(set, place.ordinal);
    places.set(place.block, set);
  }
  return places;
}

function namedIn({ blocks, numbers }: Blocks, { certificateIds, userIds }: FoundByName): Sought['named'] {
  const places = placesIn(blocks, certificateIds);
  const found = userIds.map((id) => numbers.users.find(wordsOfId(id), 0)).filter((number) => number !== 0);
  const users = new Uint8Array(numbers.users.size + 1);
  for (const number of found) users[number] = 1;
  if (found.length === 0) return (block) => places.get(block) ?? null;
  const known = new Map<Block, Ordinals>();
  return (block) => {
    const before = known.get(block);
    if (before !== undefined) return before;
    const set = places.get(block)?.slice() ?? noOrdinals();
    for (let at = 0; at < block.size; at++) if (users[block.users[at] as number] === 1) put(set, at);
    known.set(block, set);
    return set;
  };
}

async function* portionsFor(
  { all, ranksNow }: LookUp,
  sought: Sought,
  numbers: Numbers,
  { sort, descending }: InventoryQuery,
  now: number,
  after: Key | null,
): AsyncGenerator<Portion> {
  if (sort === 'issued') return yield* walkByIssue(all, sought, { after: after?.[0] ?? null, descending });
  const [text = '', id = ''] = after ?? [];
  if (sort === 'subject' || sort === 'serial')
    return yield* walkByText(all, sought, { sort, after: after && { text, id }, descending });
  const { keyOf, textOf, keyIn } =
    sort === 'device' || sort === 'user' || sort === 'profile'
      ? byName(sort, await ranksNow(sort, numbers, now))
      : byNumber(sort, now);
  yield* walkByNumber(all, sought, {
    keyOf,
    textOf: (block, at) => textOf(keyOf(block, at)),
    after: after && { key: keyIn(text), id },
    descending,
  });
}

type Sorting = {
  readonly keyOf: KeyOf;
  readonly textOf: (key: number) => string;
  readonly keyIn: (text: string) => number;
};

function byNumber(sort: 'expires' | 'revoked' | 'state', now: number): Sorting {
  const keys: Readonly<Record<typeof sort, KeyOf>> = {
    expires: ({ ends }, at) => ends[at] as number,
    revoked: ({ revoked }, at) => revoked[at] as number,
    state: ({ ends, revoked }, at) => (Number.isFinite(revoked[at]) ? 2 : (ends[at] as number) < now ? 1 : 0),
  };
  return {
    keyOf: keys[sort],
    textOf: (key) => (Number.isFinite(key) ? String(key) : ''),
    keyIn: (text) => (text === '' ? Number.POSITIVE_INFINITY : Number(text)),
  };
}

function byName(sort: Named, ranks: NameRanks): Sorting {
  const columns = { device: 'devices', user: 'users', profile: 'profiles' } as const;
  const column = columns[sort];
  return {
    keyOf: (block, at) => ranks.ranks[block[column][at] as number] ?? Number.POSITIVE_INFINITY,
    textOf: (key) => (Number.isFinite(key) ? `=${ranks.names[key]}` : ''),
    keyIn: (text) => (text === '' ? Number.POSITIVE_INFINITY : rankOf(ranks, text.slice(1))),
  };
}

/** Those of the candidates whose rows are as asked. */
async function matching<R extends Row>(
  sql: Sql,
  { term, conditions }: Asked,
  select: string,
  candidates: readonly Candidate[],
): Promise<readonly { readonly row: R; readonly key: Key }[]> {
  const { where, params } = joined(conditions);
  const ids = isAnyOf(sql, 'certificate.id', `$${params.length + 1}`);
  const rows = await sql.all<R>(`${select} WHERE ${[...where, ids].join(' AND ')}`, [
    ...params,
    JSON.stringify(candidates.map(({ key }) => key.at(-1))),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return candidates.flatMap(({ key, sure }) => {
    const row = byId.get(key.at(-1) ?? '');
    return row !== undefined && (sure || term === null || hasThumbprint(term, row)) ? [{ row, key }] : [];
  });
}

/** What columns say is what rows said; these have the last word. */
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
    ['certificate.device_id = $?', query.deviceId],
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

type FoundByName = { readonly certificateIds: readonly string[]; readonly userIds: readonly string[] };
const nobody: FoundByName = { certificateIds: [], userIds: [] };

/** By the names that devices and people have now: they may have had others when their certificates were issued. */
async function findNamed(sql: Sql, search: string): Promise<FoundByName> {
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
async function profilesMeant(
  sql: Sql,
  { profileId, platform }: Pick<InventoryQuery, 'profileId' | 'platform'>,
): Promise<readonly string[] | null> {
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

/** The sort is part of a cursor, so that one of another list is not taken for ours. */
function nextOf({ sort }: InventoryQuery, key: Key | undefined): string | null {
  return key === undefined ? null : encodeCursor([sort, ...key]);
}

function cursorKey({ sort }: InventoryQuery, cursor: string): Key {
  const [of, ...key] = decodeCursor(cursor, sort === 'issued' ? 2 : 3) as readonly string[];
  if (of === sort && isKey[sort]?.test(key[0] ?? '') !== false) return key;
  throw badCursor();
}

/** Of sorts that do not take any text. */
const isKey: Partial<Record<InventoryQuery['sort'], RegExp>> = {
  expires: /^\d{1,16}$/,
  revoked: /^\d{0,16}$/,
  state: /^[012]$/,
  device: /^(=|$)/,
  user: /^(=|$)/,
  profile: /^(=|$)/,
};
