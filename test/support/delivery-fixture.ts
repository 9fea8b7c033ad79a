import type { Deployment, DeploymentId } from '../../src/deployments/deployment.ts';
import type { Device } from '../../src/directory/device.ts';
import type { UserId } from '../../src/directory/user.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/ids.ts';
import { defaultServerOptions } from '../../src/profiles/parse-server-options.ts';
import type { ScepProfile, TrustedCertificateProfile } from '../../src/profiles/profile.ts';
import type { ProfileId, ProfileSlug } from '../../src/profiles/profile-id.ts';
import type { ServerOptions } from '../../src/profiles/scep-settings.ts';
import type { Store } from '../../src/store/store.ts';
import { neverIssued } from './make-facts.ts';

/** A Linux trusted certificate profile for this root, and a SCEP profile that refers to it; both stored. */
export async function storeLinuxProfiles(
  stores: Store,
  clock: Clock,
  root: Uint8Array,
  options: {
    readonly slug?: string;
    readonly scepServerUrls?: readonly string[];
    readonly server?: Partial<ServerOptions>;
  } = {},
): Promise<{ trusted: TrustedCertificateProfile; scep: ScepProfile }> {
  const slug = options.slug ?? 'wifi';
  const header = (name: string) => ({
    id: newId<ProfileId>(clock),
    slug: name as ProfileSlug,
    name,
    description: '',
    scopeTags: [],
    version: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    createdAt: clock.now(),
    updatedAt: clock.now(),
  });
  const trusted: TrustedCertificateProfile = {
    ...header(`${slug}-root`),
    kind: 'trustedCertificate',
    settings: { platform: 'linux', certificate: toBase64(root), certificateFileName: 'root.cer' },
  };
  const scep: ScepProfile = {
    ...header(slug),
    kind: 'scep',
    settings: {
      platform: 'linux',
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}}',
      subjectAlternativeNames: [],
      certificateValidityPeriod: null,
      keyUsage: ['digitalSignature'],
      keySize: 2048,
      hashAlgorithm: ['sha2'],
      rootCertificate: trusted.id,
      extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
      renewalThreshold: 20,
      scepServerUrls: options.scepServerUrls ?? [],
      keyStorage: 'pem',
      certificateAccess: { mode: 'userApproval' },
      server: { ...defaultServerOptions('linux'), ...options.server },
    },
  };
  await stores.transact(async () => {
    await stores.profiles.save(trusted);
    await stores.profiles.save(scep);
  });
  return { trusted, scep };
}

/** Wanted deployments of both profiles on this device, as reconciling would make them; stored. */
export async function storeDeployments(
  stores: Store,
  clock: Clock,
  device: Device,
  profiles: { readonly trusted: TrustedCertificateProfile; readonly scep: ScepProfile },
): Promise<{ trusted: Deployment; scep: Deployment }> {
  const base = {
    deviceId: device.id,
    userId: null as UserId | null,
    consumerId: null,
    wanted: true,
    removal: null,
    state: 'requested',
    problem: null,
    revision: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    generation: 1,
    ...neverIssued,
    stateSince: clock.now(),
    createdAt: clock.now(),
    updatedAt: clock.now(),
  } as const;
  const trusted: Deployment = {
    ...base,
    id: newId<DeploymentId>(clock),
    kind: 'trustedCertificate',
    profileId: profiles.trusted.id,
    deliveryRef: `t-${newId(clock)}`,
    expectation: null,
  };
  const scep: Deployment = {
    ...base,
    id: newId<DeploymentId>(clock),
    kind: 'scep',
    profileId: profiles.scep.id,
    deliveryRef: `s-${newId(clock)}`,
    expectation: {
      subject: toBase64(encodeName(nameOf([['2.5.4.3', device.deviceName]]))),
      subjectText: `CN=${device.deviceName}`,
      subjectAlternativeNames: [],
      securityIdentifier: null,
      keyUsage: ['digitalSignature'],
      extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
      keySize: 2048,
      validityPeriod: null,
    },
  };
  await stores.transact(() => stores.deployments.save([trusted, scep]));
  return { trusted, scep };
}
