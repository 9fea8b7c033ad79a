/** Our own SCEP client (`src/client`), which trusts the world's root and nothing else, after GetCACaps and GetCACert. */
import { httpTransport } from '../../src/client/http-transport.ts';
import { chooseAlgorithms, type ScepExchange } from '../../src/client/scep-client.ts';
import { type ScepHabits, scepHabits } from '../../src/client/scep-habits.ts';
import { contactScepServer } from '../../src/client/scep-server.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { rootCertificate } from './scep-scenario.ts';
import type { World } from './world.ts';

export type OwnClient = AsyncDisposable & { readonly exchange: ScepExchange };

export async function ownClient(
  world: World,
  url: string,
  habits: ScepHabits = scepHabits('linux'),
): Promise<OwnClient> {
  const root = await rootCertificate(world);
  await using opening = new AsyncDisposableStack();
  const transport = opening.use(httpTransport({ kind: 'pinned', anchors: [root] }));
  const call = { send: transport.send, habits };
  const trust = { fingerprint: sha256Hex(root), anchors: [root] };
  const now = world.clock.now();
  const server = await contactScepServer(call, url, trust, now, () => {});
  if ('code' in server) throw new Error(`${url}: ${server.code}: ${server.detail}`);
  const exchange = { call, server, trust, now, algorithms: chooseAlgorithms(server.capabilities, ['sha2']) };
  const open = opening.move();
  return { exchange, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
