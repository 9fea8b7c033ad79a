import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { type AdminClient, type ApiAnswer, adminClient } from './admin-client.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** A whole server with its authority, and what tests of its API keep making. Names never repeat. */
export type AdminFixture = AsyncDisposable & {
  readonly world: World;
  readonly api: AdminClient;
  unique(word: string): string;
  /** The device that was made. */
  addDevice(facts?: object): Promise<ApiAnswer['body']>;
  /** A Linux profile for the root of the authority. */
  addTrustedProfile(): Promise<ApiAnswer['body']>;
  /** For devices, CN={{DeviceName}}; `changes` to the document. */
  addScepProfile(changes?: object): Promise<ApiAnswer['body']>;
  scepDocument(root: string, changes?: object): ReturnType<typeof scepDocument>;
};

export async function startAdminFixture(options: Pick<WorldOptions, 'store'> = {}): Promise<AdminFixture> {
  const world = await startWorld({ cryptoThreads: 0, ...options });
  const api = adminClient(world);
  let counter = 0;
  const unique = (word: string) => `${word}-${++counter}`;

  const made = async (path: string, body: object) => {
    const answer = await api('POST', path, { body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const addTrustedProfile = async () => {
    const pem = await api('GET', '/authorities/alderfinch/chain');
    const root = pemBlocks(pem.body, 'CERTIFICATE').at(-1);
    assert.ok(root);
    const slug = unique('root');
    const settings = { certificate: toBase64(root), certificateFileName: 'root.cer' };
    const document = { kind: 'trustedCertificate', name: slug, slug, platform: 'linux', settings };
    return (await made('/profiles', document)).profile;
  };
  return {
    world,
    api,
    unique,
    addDevice: (facts = {}) => made('/devices', { deviceName: unique('device'), platform: 'linux', ...facts }),
    addTrustedProfile,
    addScepProfile: async (changes = {}) => {
      const root = await addTrustedProfile();
      const { profile } = await made('/profiles', scepDocument(unique('Wi-Fi'), root.slug, changes));
      const include = { items: [{ mode: 'include', target: { kind: 'allDevices' } }] };
      await api('PUT', `/profiles/${root.id}/assignments`, { body: include });
      return profile;
    },
    scepDocument: (root, changes = {}) => scepDocument(unique('Wi-Fi'), root, changes),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function scepDocument(name: string, root: string, changes: object) {
  return {
    kind: 'scep',
    name,
    platform: 'linux',
    settings: {
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}}',
      rootCertificate: root,
      extendedKeyUsages: ['Client Authentication'],
    },
    ...changes,
  };
}

export function sampleFile(file: string): string {
  return readFileSync(new URL(`../../examples/sample-org/${file}`, import.meta.url), 'utf8');
}

export function sampleDirectory() {
  return {
    users: sampleFile('users.csv'),
    groups: sampleFile('groups.csv'),
    members: sampleFile('group-members.csv'),
    devices: sampleFile('devices.csv'),
  };
}
