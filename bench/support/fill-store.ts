/** Fills an installation's SQLite store with a large fleet and its history, directly: in minutes what devices do in years. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Certificate, CertificateId } from '../../src/authority/certificate.ts';
import type { Config } from '../../src/config/config.ts';
import type { DeploymentId } from '../../src/deployments/deployment.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import type { UserId } from '../../src/directory/user.ts';
import { toHex } from '../../src/lib/bytes.ts';
import { day, hour, second } from '../../src/lib/clock.ts';
import { idAt } from '../../src/lib/ids.ts';
import { randomBytes } from '../../src/lib/random.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import type { ProfileId, ProfileSlug } from '../../src/profiles/profile-id.ts';
import { certificateRecords, searchText } from '../../src/store/certificate-table.ts';
import { deploymentRecords } from '../../src/store/deployment-table.ts';
import { deviceRecords } from '../../src/store/device-table.ts';
import { profileRecords } from '../../src/store/profile-table.ts';
import type { SqlValue } from '../../src/store/sql.ts';
import { userRecords } from '../../src/store/user-table.ts';
import { aDeployment, aDevice, aUser } from '../../test/support/records.ts';

export type Filled = {
  readonly profiles: readonly ScepProfile[];
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  readonly users: readonly { readonly id: string; readonly name: string }[];
  /** Some certificates, of every age. */
  readonly samples: readonly Certificate[];
};

export type Counts = {
  readonly devices: number;
  readonly users: number;
  readonly certificates: number;
  readonly failures: number;
};

const given = [
  'Anna',
  'Bjørn',
  'Chloé',
  'Dmitri',
  'Eun-ji',
  'Fatima',
  'Giorgos',
  'Hana',
  'Ines',
  'Jürgen',
  'Kofi',
  'Lena',
];
const family = [
  'Müller',
  'Nguyen',
  'Okafor',
  'Peeters',
  'Quist',
  'Rossi',
  'Santos',
  'Tanaka',
  'Ueda',
  'Varga',
  'Weber',
];
const kinds = ['LAP', 'KIOSK', 'PHONE', 'TABLET', 'DESK', 'SCANNER'];
const places = ['oslo', 'berlin', 'lisboa', 'kyoto', 'accra', 'lima'];
const reasons = [
  'challenge-expired',
  'subject-name-mismatch',
  'challenge-spent',
  'key-length-mismatch',
  'message-malformed',
];
const failing = [50, 30, 10, 9, 1];
const oldest = 700 * day;

/** The installation's server is stopped. Issued over the last two years, the latest an hour ago. */
export function fillStore(
  config: Config,
  profile: ScepProfile,
  issuerId: Certificate['issuerId'],
  counts: Counts,
): Filled {
  const database = new DatabaseSync(join(config.data, 'scepward.db'), { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN');
  const inserting = (text: string) => {
    const statement = database.prepare(text.replace(/\$(\d+)/g, '?$1'));
    return (values: readonly SqlValue[]) => statement.run(...values);
  };
  const now = Date.now();
  const makeId = idMaker();

  const insertProfile = inserting(profileRecords.insert);
  const profiles = Array.from({ length: 20 }, (_, i): ScepProfile => {
    const slug = `fleet-${i}` as ProfileSlug;
    return { ...profile, id: makeId<ProfileId>(now - oldest), slug, name: `Fleet ${i}` };
  });
  for (const each of profiles) insertProfile(profileRecords.values(each));

  const insertUser = inserting(userRecords.insert);
  const users = Array.from({ length: counts.users }, (_, i) => {
    const [first, last] = [pick(given, i), pick(family, i * 7 + Math.floor(i / 11))];
    const displayName = `${first} ${last} ${i}`;
    const user = aUser({
      id: makeId<UserId>(now - oldest),
      displayName,
      userPrincipalName: `${first}.${last}.${i}@corp.example`.toLowerCase(),
    });
    insertUser(userRecords.values(user));
    return { id: user.id as string, name: user.userPrincipalName };
  });

  const insertDevice = inserting(deviceRecords.insert);
  const insertDeployment = inserting(deploymentRecords.insert);
  const deployments: {
    id: DeploymentId;
    deviceId: DeviceId;
    userId: UserId | null;
    profile: ScepProfile;
    name: string;
    generation: number;
  }[] = [];
  const devices = Array.from({ length: counts.devices }, (_, i) => {
    const name = `${pick(kinds, i)}-${pick(places, i * 3 + Math.floor(i / 7))}-${String(i).padStart(6, '0')}`;
    const id = makeId<DeviceId>(now - oldest);
    const owner = users[i % users.length];
    insertDevice(
      deviceRecords.values(
        aDevice({
          id,
          deviceName: name,
          serialNumber: `SN${i}`,
          platform: 'linux',
          primaryUserId: (owner?.id ?? null) as UserId | null,
        }),
      ),
    );
    for (let at = 0; at < 2; at++) {
      // Few devices have the last profile.
      const of = profiles[i % 500 === 0 ? profiles.length - 1 : (i + at * 7) % (profiles.length - 1)] as ScepProfile;
      const userId = at === 0 ? null : ((owner?.id ?? null) as UserId | null);
      deployments.push({ id: makeId(now - oldest), deviceId: id, userId, profile: of, name, generation: 0 });
    }
    return { id: id as string, name };
  });

  const insertCertificate = inserting(
    `INSERT INTO certificate (${[...certificateRecords.columns, 'device_id', 'profile_id', 'user_id'].join(', ')})
     VALUES (${Array.from({ length: certificateRecords.columns.length + 3 }, (_, i) => `?${i + 1}`).join(', ')})`,
  );
  const insertSearch = inserting(
    'INSERT INTO certificate_search (certificate_id, profile_id, thumbprint, thumbprint256, search_folded) VALUES ($1, $2, $3, $4, $5)',
  );
  const insertEvent = inserting(
    'INSERT INTO event (id, at, node, type, actor, request_id, subjects, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
  );
  const actor = JSON.stringify({ kind: 'system', id: null, name: 'bench' });
  const happen = (at: number, type: string, subjects: object[], data: object) =>
    insertEvent([makeId(at), at, 'bench', type, actor, null, JSON.stringify(subjects), JSON.stringify(data)]);
  const filler = randomBytes(1250);
  const samples: Certificate[] = [];
  const step = (oldest - hour) / counts.certificates;
  const last = new Map<DeploymentId, CertificateId>();
  const everyFailure = Math.max(1, Math.floor(counts.certificates / Math.max(1, counts.failures)));
  for (let i = 0; i < counts.certificates; i++) {
    // By strides, so that those of one device lie far apart.
    const of = deployments[(i * 7919) % deployments.length];
    if (of === undefined) break;
    const at = Math.floor(now - oldest + i * step);
    of.generation++;
    filler.set(randomBytes(32), 600);
    const notAfter = at + pick([90, 365, 365, 730], profiles.indexOf(of.profile)) * day;
    const revokedAt = i % 33 === 0 ? at + hour : null;
    const certificate: Certificate = {
      id: makeId<CertificateId>(at),
      issuerId,
      serial: `5${toHex(randomBytes(16)).slice(1)}`,
      der: filler,
      purpose: 'device',
      subjectText: `CN=${of.name},OU=Fleet,O=Example Corporation`,
      subjectAlternativeNames: [`dns:${of.name.toLowerCase()}.corp.example`],
      notBefore: at,
      notAfter,
      thumbprint: toHex(randomBytes(20)),
      thumbprint256: toHex(randomBytes(32)),
      keyHash: toHex(randomBytes(32)),
      shard: 0,
      state: 'released',
      deploymentId: of.id,
      generation: of.generation,
      renewsId: null,
      issuedAt: at,
      installedAt: at + second,
      supersededAt: null,
      revokeAt: null,
      revokedAt,
      revocationReason: revokedAt === null ? null : 'superseded',
    };
    insertCertificate([...certificateRecords.values(certificate), of.deviceId, of.profile.id, of.userId]);
    const { id, thumbprint, thumbprint256 } = certificate;
    insertSearch([id, of.profile.id, thumbprint, thumbprint256, searchText(certificate)]);
    last.set(of.id, id);
    const subjects = [
      { kind: 'device', id: of.deviceId },
      { kind: 'deployment', id: of.id },
      { kind: 'profile', id: of.profile.id },
    ];
    happen(at, 'certificate.issued', [...subjects, { kind: 'certificate', id }], {
      serial: certificate.serial,
      generation: of.generation,
    });
    if (revokedAt !== null) happen(at, 'certificate.revoked', subjects, { reason: 'superseded' });
    if (i % everyFailure === 0)
      happen(at, 'enrollment.refused', subjects, { reason: weighted(i / everyFailure), field: null });
    if (i % 5000 === 17) samples.push(certificate);
  }
  for (const { id, deviceId, userId, profile: of, generation } of deployments)
    insertDeployment(
      deploymentRecords.values(
        aDeployment({
          id,
          deviceId,
          userId,
          profileId: of.id,
          state: generation === 0 ? 'requested' : 'installed',
          generation: Math.max(1, generation),
          issuedGeneration: generation,
          currentCertificateId: last.get(id) ?? null,
        }),
      ),
    );
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  return { profiles, devices, users, samples };
}

/** In the order of their times; many in one millisecond. */
function idMaker() {
  let sequence = 0;
  return <Id extends string>(time: number): Id => {
    const number = (++sequence).toString(16).padStart(12, '0');
    return `${idAt(time)}-7${number.slice(0, 3)}-8${number.slice(3, 6)}-${number.slice(6)}${toHex(randomBytes(3))}` as Id;
  };
}

function pick<T>(values: readonly T[], at: number): T {
  return values[at % values.length] as T;
}

function weighted(at: number): string {
  let left = at % 100;
  for (const [i, weight] of failing.entries()) {
    if (left < weight) return reasons[i] as string;
    left -= weight;
  }
  return reasons[0] as string;
}
