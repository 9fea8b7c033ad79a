import type { KeyPair } from '../crypto/key-pair.ts';
import { importPrivateKey } from '../crypto/private-key.ts';
import type { PlatformFamily } from '../formats/agent/platform-family.ts';
import type { ScepPayload } from '../formats/agent/scep-payload.ts';
import { isFailure } from '../lib/failure.ts';
import type { ClientKey } from './certificate-request.ts';
import { chooseAlgorithms, enroll, poll } from './scep-client.ts';
import type { ScepOutcome } from './scep-outcome.ts';
import { contactScepServer, type ScepCall, type ScepTrust } from './scep-server.ts';
import { type UrlOrder, urlOrder } from './url-order.ts';

export type AttemptOptions = {
  readonly call: ScepCall;
  readonly family: PlatformFamily;
  readonly roam: boolean;
  readonly shuffle: (urls: readonly string[]) => readonly string[];
  readonly trust: ScepTrust;
  readonly now: number;
};

export type AttemptTask = {
  readonly payload: ScepPayload;
  readonly key: KeyPair;
  /** The address that said PENDING: poll, there first, instead of asking anew. */
  readonly pendingAt: string | null;
};

/** `url`: the address that the outcome is from. `answered`: some server did; before that no request leaves. */
export type AttemptOutcome = ScepOutcome & { readonly url: string; readonly answered: boolean };

/**
 * One attempt at one certificate: the three calls, on the addresses that the platform's habit chooses. Never throws for
 * what the network or the server does.
 */
export async function attemptEnrollment(task: AttemptTask, options: AttemptOptions): Promise<AttemptOutcome> {
  const order = orderFor(task, options);
  let answered = false;
  let last: AttemptOutcome = {
    kind: 'unreachable',
    code: 'no-address',
    detail: 'The profile names no SCEP address.',
    url: '',
    answered,
  };
  for (let url = order.current; url !== null; url = order.current) {
    const outcome = await tryAt(url, task, options, () => {
      answered = true;
      order.answered();
    });
    last = { ...outcome, url, answered };
    if (last.kind !== 'unreachable') return last;
    order.unreachable();
  }
  return last;
}

/** Polling begins where the request waits; another node may know of it too. */
function orderFor({ payload, pendingAt }: AttemptTask, options: AttemptOptions): UrlOrder {
  if (pendingAt === null) return urlOrder(payload.urls, options);
  const others = payload.urls.filter((url) => url !== pendingAt);
  const shuffle = () => [pendingAt, ...options.shuffle(others)];
  return urlOrder([pendingAt, ...others], { ...options, shuffle });
}

async function tryAt(
  url: string,
  { payload, key: pair, pendingAt }: AttemptTask,
  options: AttemptOptions,
  answered: () => void,
): Promise<ScepOutcome> {
  const { call, trust, now } = options;
  const server = await contactScepServer(call, url, trust, now, answered);
  if ('code' in server) return server;
  try {
    const algorithms = chooseAlgorithms(server.capabilities, payload.hashAlgorithms);
    const exchange = { call, server, trust, algorithms, now };
    const key: ClientKey = { privateKey: importPrivateKey(pair.privateKey), publicKey: pair.publicKey };
    return pendingAt === null
      ? await enroll(exchange, key, payload, payload.challenge)
      : await poll(exchange, key, payload);
  } catch (error) {
    if (isFailure(error)) return { kind: 'invalid', code: error.code, detail: error.message };
    throw error;
  }
}
