/**
 * Something to enrol for, made through the product's own use cases: a device with its user, a trusted and a SCEP
 * certificate profile, an assignment, and challenges for the deployment that comes of it.
 */
import { assign } from '../../src/assignments/assign.ts';
import { mintChallenge } from '../../src/challenges/mint-challenge.ts';
import type { Deployment, DeploymentId } from '../../src/deployments/deployment.ts';
import type { Device, DeviceFacts } from '../../src/directory/device.ts';
import type { Platform } from '../../src/directory/platform.ts';
import { saveDevice } from '../../src/directory/save-device.ts';
import { saveUser } from '../../src/directory/save-user.ts';
import type { User, UserFacts } from '../../src/directory/user.ts';
import { systemCause } from '../../src/events/event.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { minute } from '../../src/lib/clock.ts';
import type { Profile, ScepProfile } from '../../src/profiles/profile.ts';
import { saveProfile } from '../../src/profiles/save-profile.ts';
import type { World } from './world.ts';

export type ScenarioOptions = {
  /** Names of device, user and profiles begin with it; unique within a world. */
  readonly name: string;
  readonly platform?: Platform;
  readonly device?: Partial<DeviceFacts>;
  /** Null: nobody's device. */
  readonly user?: Partial<UserFacts> | null;
  /** `settings` of the SCEP profile's document, beside its root certificate. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `server` of the SCEP profile's document. */
  readonly server?: Readonly<Record<string, unknown>>;
};

export type Scenario = {
  readonly device: Device;
  readonly user: User | null;
  readonly profile: ScepProfile;
  readonly root: Profile;
  readonly scepUrl: string;
  /** As it stands now. */
  deployment(): Promise<Deployment>;
  /** A fresh one for what is due. Throws where nothing is. */
  challenge(lifetime?: number): Promise<string>;
  /** Makes the next certificate due, as a renewal would. */
  openGeneration(): Promise<void>;
};

const cause = systemCause;

export async function makeScenario(world: World, options: ScenarioOptions): Promise<Scenario> {
  const { store, clock } = world.server.foundation;
  const { name, platform = 'linux' } = options;
  const ports = { ...store, clock, issuers: world.server.authority.issuerFacts };
  const user =
    options.user === null
      ? null
      : await saveUser(ports, {
          id: null,
          source: 'api',
          cause,
          facts: {
            userPrincipalName: `${name}@alderfinch.example`,
            userName: name,
            displayName: name,
            emailAddress: `${name}@alderfinch.example`,
            ...options.user,
          },
        });
  const now = clock.now();
  const device = await saveDevice(ports, {
    id: null,
    source: 'api',
    cause,
    facts: {
      deviceName: name,
      platform,
      ownership: 'corporate',
      serialNumber: `SN-${name}`,
      ...(platform === 'androidEnterpriseCorporate' && { management: 'fullyManaged' as const }),
      ...(platform === 'androidEnterprisePersonal' && { management: 'personalWorkProfile' as const }),
      ...options.device,
      primaryUserId: user?.id ?? null,
      enrolledAt: now,
      registeredAt: now,
    },
  });
  const root = await storeProfile(world, {
    kind: 'trustedCertificate',
    name: `${name} root`,
    slug: `${name}-root`,
    platform,
    settings: { certificate: toBase64(await rootCertificate(world)) },
  });
  const profile = await storeProfile(world, {
    kind: 'scep',
    name,
    slug: name,
    platform,
    settings: {
      subjectNameFormat: user === null ? 'CN={{DeviceName}}' : 'CN={{UserName}}',
      certificateType: user === null ? 'device' : 'user',
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
      rootCertificate: root.slug,
      ...options.settings,
    },
    server: { ...options.server },
  });
  if (profile.kind !== 'scep') throw new Error('saved another kind');
  for (const { id } of [root, profile])
    await assign(ports, {
      profileId: id,
      assignments: [{ mode: 'include', target: { kind: 'device', deviceId: device.id } }],
      cause,
    });
  await world.server.reconciling.settled();
  const find = async (): Promise<Deployment> => {
    const found = (await store.deployments.byDevices([device.id])).find(({ profileId }) => profileId === profile.id);
    if (found === undefined) throw new Error(`${name} has no deployment`);
    return found;
  };
  const { id: deploymentId } = await find();
  const current = async () => (await store.deployments.get(deploymentId as DeploymentId)) ?? (await find());
  return {
    device,
    user,
    profile,
    root,
    scepUrl: `${world.url}/scep/${profile.slug}`,
    deployment: current,
    challenge: async (lifetime = 60 * minute) => {
      const deployment = await current();
      const minted = await store.transact(() =>
        mintChallenge(store, { deployment, lifetime, now: clock.now(), cause }),
      );
      if (minted.kind === 'refused')
        throw new Error(`${name}: no challenge: ${minted.reason} ${JSON.stringify(deployment.problem)}`);
      return minted.secret;
    },
    openGeneration: async () => {
      const deployment = await current();
      await store.transact(() =>
        store.deployments.move(deployment, { cause: null, generation: deployment.generation + 1, at: clock.now() }),
      );
    },
  };
}

/** DER of the default authority's root. */
export async function rootCertificate(world: World): Promise<Uint8Array> {
  const { issuer } = await world.server.authority.issuing.active(null);
  return issuer.chain.at(-1) ?? issuer.certificate;
}

/** Saves a profile's document as an administrator would. Throws with the findings when it is refused. */
export async function storeProfile(world: World, document: unknown): Promise<Profile> {
  const { store, clock } = world.server.foundation;
  const result = await saveProfile(
    { ...store, clock, issuers: world.server.authority.issuerFacts },
    { id: null, version: null, document, cause },
  );
  if (result.kind === 'refused') throw new Error(`refused: ${JSON.stringify(result.findings)}`);
  return result.profile;
}
