/** Many clients at once, each with a request made ahead of time, and what each of them was told. */
import type { ClientKey } from '../../src/client/certificate-request.ts';
import type { Config } from '../../src/config/config.ts';
import { type Installation, makeInstallation } from './installation.ts';
import { pkcsReq } from './pkcs-req.ts';
import { readReply, testClientKey } from './scep-test-client.ts';

export type Told =
  | { readonly kind: 'success'; readonly certificate: Uint8Array }
  | { readonly kind: 'failure'; readonly text: string }
  /** The connection ended before an answer was whole. */
  | { readonly kind: 'nothing' };

export type LoadClient = {
  readonly key: ClientKey;
  readonly deploymentId: string;
  readonly message: Uint8Array;
  /** In the order of asking. */
  readonly told: Told[];
};

export type Load = {
  readonly installation: Installation;
  readonly address: (url: string) => string;
  /** Clients for the next `count` deployments: every tenth twice, the second with a key of its own (a thief of the challenge). */
  clients(count: number): readonly LoadClient[];
};

const kinds = 8;

export async function prepareLoad(config: Config, deployments: number): Promise<Load> {
  const [installation, keys] = await Promise.all([
    makeInstallation(config, { waiting: deployments, issued: 0 }),
    Promise.all(Array.from({ length: kinds }, () => testClientKey())),
  ]);
  let used = 0;
  return {
    installation,
    address: (url) => `${url}/scep/${installation.profile.slug}`,
    clients(count) {
      const waiting = installation.waiting.slice(used, used + count);
      used += count;
      return waiting.flatMap(({ deployment, challenge }, i) => {
        const { expectation, id: deploymentId } = deployment;
        if (expectation === null) throw new Error('nothing to ask for');
        const one = (key: ClientKey | undefined): LoadClient => {
          if (key === undefined) throw new Error('no keys');
          const message = pkcsReq(key, installation.registrationAuthority, expectation, challenge, Date.now());
          return { key, deploymentId, message, told: [] };
        };
        const honest = one(keys[i % kinds]);
        return i % 10 === 0 ? [honest, one(keys[(i + 1) % kinds])] : [honest];
      });
    },
  };
}

/** Sends each client's message, `width` at a time; `onAnswer` hears how many have been answered. */
export async function run(
  clients: readonly LoadClient[],
  address: string,
  options: { readonly width?: number; readonly onAnswer?: (answered: number) => void } = {},
): Promise<void> {
  const { width = 24, onAnswer = () => {} } = options;
  const queue = clients.values();
  let answered = 0;
  const work = async () => {
    for (const client of queue) {
      const told = await ask(client, address);
      client.told.push(told);
      if (told.kind !== 'nothing') onAnswer(++answered);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
}

/** Throws for whatever is neither a whole answer nor a connection that ended. */
async function ask({ key, message }: LoadClient, address: string): Promise<Told> {
  let response: Response;
  let body: ArrayBuffer;
  try {
    response = await fetch(`${address}?operation=PKIOperation`, {
      method: 'POST',
      body: new Blob([message.slice()]),
    });
    body = await response.arrayBuffer();
  } catch {
    return { kind: 'nothing' };
  }
  const reply = await readReply(new Response(body, { status: response.status }), key);
  const [certificate] = reply.certificates;
  if (reply.status === 'SUCCESS' && certificate !== undefined) return { kind: 'success', certificate };
  if (reply.status === 'FAILURE') return { kind: 'failure', text: reply.reason ?? '' };
  throw new Error(`an answer that nobody expects: ${reply.status}`);
}
