/** The devices of the simulated year as they are out there: our own agents, each with the habits of its platform. */
import { X509Certificate } from 'node:crypto';
import { runAgentOnce } from '../../../src/client/agent.ts';
import type { AgentDeps } from '../../../src/client/agent-deps.ts';
import { joinAgent } from '../../../src/client/join-agent.ts';
import { memoryAgentStore } from '../../../src/client/memory-agent-store.ts';
import { chooseAlgorithms, renew } from '../../../src/client/scep-client.ts';
import type { ScepOutcome } from '../../../src/client/scep-outcome.ts';
import { contactScepServer } from '../../../src/client/scep-server.ts';
import type { EnrollmentResult } from '../../../src/client/scep-task.ts';
import { simulatedAgent } from '../../../src/client/simulated-device.ts';
import { sha256Hex } from '../../../src/crypto/digest.ts';
import { type KeyPair, publicKeyOf } from '../../../src/crypto/key-pair.ts';
import { importPrivateKey } from '../../../src/crypto/private-key.ts';
import { parseCertificate } from '../../../src/formats/x509/certificate.ts';
import { pemBlocks, toPem } from '../../../src/formats/x509/pem.ts';
import { sameBytes } from '../../../src/lib/bytes.ts';
import { isFailure } from '../../../src/lib/failure.ts';
import { takeRsaKeys } from '../key-pool.ts';
import type { Device } from './organisation.ts';
import type { YearServer } from './year-server.ts';

/** What a device has in a profile's place, read from its own files. */
export type Held = {
  readonly deploymentId: string;
  readonly profile: string;
  /** SHA-256 of the DER, hex. */
  readonly thumbprint256: string;
  readonly subject: Readonly<Record<string, string>>;
  /** The common name of who issued it. */
  readonly issuer: string;
  /** Milliseconds. The server dates it back by five minutes. */
  readonly notBefore: number;
  readonly notAfter: number;
};

export type Call = {
  /** `gone`: the server said that it is retired, and it removed everything. `refused`: it is not let in any more. */
  readonly kind: 'served' | 'gone' | 'refused';
  readonly results: readonly EnrollmentResult[];
};

export type Fleet = {
  /** With a join token that an administrator made. */
  join(device: Device): Promise<void>;
  /** A check-in with all that comes of it. */
  call(device: Device): Promise<Call>;
  /**
   * Another SCEP client on it renews what it has by RenewalReq, for a new key, and puts that in its place; the agent finds it
   * there.
   */
  renew(device: Device, deploymentId: string): Promise<ScepOutcome>;
  held(device: Device): Promise<readonly Held[]>;
  /** Somebody removed what the device has of this deployment. */
  lose(device: Device, deploymentId: string): Promise<void>;
  /** Everything, the agent included. */
  reset(device: Device): Promise<void>;
};

/** Other devices may have the same key; a device never has one twice in a row. */
const keys = 24;

export async function startFleet(server: YearServer): Promise<Fleet> {
  const agents = new Map<string, AgentDeps>();
  const makeKey = await keyPool();
  const agentOf = (device: Device): AgentDeps => {
    const known = agents.get(device.id);
    if (known !== undefined) return known;
    // In memory, with names as they are when it is asked.
    const told = { deviceName: device.name, platform: device.platform, osVersion: '1' };
    const { clock, url, openTransport } = server;
    const simulation = { server: url, clock, makeKey, openTransport, storeFor: () => memoryAgentStore() };
    const agent = simulatedAgent({ facts: told, joinToken: '' }, simulation, agents.size);
    const deps = { ...agent, facts: () => ({ ...told, deviceName: device.name }), roam: false };
    agents.set(device.id, deps);
    return deps;
  };
  return {
    async join(device) {
      const { joinToken } = await server.ask('POST', '/join-tokens', { device: device.id });
      await joinAgent(agentOf(device), { server: server.url, token: joinToken });
    },
    async call(device) {
      try {
        const { retired, results } = await runAgentOnce(agentOf(device));
        return { kind: retired ? 'gone' : 'served', results };
      } catch (error) {
        if (isFailure(error) && error.code.startsWith('credential-')) return { kind: 'refused', results: [] };
        throw error;
      }
    },
    async renew(device, deploymentId) {
      const { store, habits, openTransport } = agentOf(device);
      const state = await store.load();
      const item = state?.items.find((one) => one.deploymentId === deploymentId);
      const root = state?.items.find(({ kind }) => kind === 'trusted');
      const pem = async (bundle: string | null | undefined, file: string, label: 'CERTIFICATE' | 'PRIVATE KEY') => {
        const [der] = pemBlocks((bundle && (await store.readFile(bundle, file))) || '', label);
        if (der === undefined) throw new Error(`${device.name} has no ${file}`);
        return der;
      };
      const anchor = await pem(root?.bundle, 'certificate.pem', 'CERTIFICATE');
      const certificate = await pem(item?.bundle, 'certificate.pem', 'CERTIFICATE');
      const oldKey = await pem(item?.bundle, 'key.pem', 'PRIVATE KEY');
      const transport = openTransport({ kind: 'pinned', anchors: [anchor] });
      const trust = { fingerprint: sha256Hex(anchor), anchors: [anchor] };
      const call = { send: transport.send, habits };
      const now = server.clock.now();
      const url = `${server.url}/scep/${item?.profile.slug}`;
      const contacted = await contactScepServer(call, url, trust, now, () => {});
      if ('code' in contacted) return contacted;
      const exchange = {
        call,
        server: contacted,
        trust,
        now,
        algorithms: chooseAlgorithms(contacted.capabilities, null),
      };
      const clientKey = (key: Uint8Array) => ({ privateKey: importPrivateKey(key), publicKey: publicKeyOf(key) });
      let key: Uint8Array;
      do key = (await makeKey(1024)).privateKey;
      while (sameBytes(key, oldKey));
      const requested = {
        subject: parseCertificate(certificate).subjectDer,
        subjectAlternativeNames: [],
        keyUsage: ['digitalSignature', 'keyEncipherment'] as const,
        extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
      };
      const outcome = await renew(exchange, clientKey(key), requested, { key: clientKey(oldKey), certificate });
      if (outcome.kind !== 'issued' || state === null || item?.bundle == null) return outcome;
      await store.writeBundle(item.bundle, {
        'key.pem': toPem('PRIVATE KEY', key),
        'certificate.pem': toPem('CERTIFICATE', outcome.certificate),
        'chain.pem': outcome.chain.map((der) => toPem('CERTIFICATE', der)).join(''),
      });
      const thumbprint256 = sha256Hex(outcome.certificate);
      const { notAfter } = parseCertificate(outcome.certificate);
      const items = state.items.map((one) => (one === item ? { ...one, thumbprint256, notAfter } : one));
      await store.save({ ...state, items });
      return outcome;
    },
    async held(device) {
      const { store } = agentOf(device);
      const items = (await store.load())?.items ?? [];
      const held = await Promise.all(
        items.map(async ({ kind, bundle, deploymentId, profile }): Promise<Held | null> => {
          const pem = bundle === null || kind !== 'scep' ? null : await store.readFile(bundle, 'certificate.pem');
          return pem === null ? null : { deploymentId, profile: profile.slug, ...read(pem) };
        }),
      );
      return held.filter((one) => one !== null);
    },
    async lose(device, deploymentId) {
      const { store } = agentOf(device);
      const bundle = (await store.load())?.items.find((item) => item.deploymentId === deploymentId)?.bundle;
      if (bundle != null) await store.removeBundle(bundle);
    },
    async reset(device) {
      await agentOf(device).store.clear();
    },
  };
}

const parsed = new Map<string, Omit<Held, 'deploymentId' | 'profile'>>();

function read(pem: string): Omit<Held, 'deploymentId' | 'profile'> {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  const certificate = new X509Certificate(pem);
  const fields = (name: string): Record<string, string> =>
    Object.fromEntries(name.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const facts = {
    thumbprint256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: fields(certificate.subject),
    issuer: fields(certificate.issuer).CN ?? '',
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
  parsed.set(pem, facts);
  return facts;
}

async function keyPool(): Promise<AgentDeps['makeKey']> {
  const made = (await takeRsaKeys(keys, 1024)).map(
    ({ privateKey, publicKey }): KeyPair => ({
      privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
      publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    }),
  );
  let next = 0;
  return async () => made[next++ % made.length] as KeyPair;
}
