import { sha256Hex } from '../crypto/digest.ts';
import { parseJoinToken } from '../formats/agent/join-token-text.ts';
import { toBase64 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { AgentState } from './agent-store.ts';
import { deviceApi } from './device-api.ts';

/**
 * Brings this device under management. The server must first show the certificate that the token names, and then prove
 * by TLS that it belongs to it; only then does it see the token's secret. On this machine plain HTTP will do.
 *
 * Failures: `already-joined`, `join-token-text`, `https-needed`, `pin-mismatch`, and what the server says
 * (`token-used`, `token-expired`, …).
 */
export async function joinAgent(
  deps: AgentDeps,
  input: { readonly server: string; readonly token: string },
): Promise<AgentState> {
  if ((await deps.store.load()) !== null)
    throw new Failure(
      'conflict',
      'already-joined',
      'This device is joined already. Run: agent leave, then join again.',
    );
  const { secret, fingerprint } = parseJoinToken(input.token);
  const server = serverAddress(input.server);
  const anchor = await pinnedAnchor(deps, server, fingerprint);
  await using pinned = deps.openTransport({ kind: 'pinned', anchors: [anchor] });
  const answer = await deviceApi(server, pinned.send, deps.habits.userAgent).join({ secret, facts: deps.facts() });
  const now = deps.clock.now();
  const state: AgentState = {
    version: 1,
    server,
    deviceId: answer.deviceId,
    deviceName: answer.deviceName,
    platform: answer.platform,
    credential: answer.credential,
    anchor: toBase64(anchor),
    joinedAt: now,
    lastCheckIn: null,
    nextCheckIn: now,
    wakeVersion: null,
    items: [],
    outbox: [],
  };
  await deps.store.save(state);
  return state;
}

async function pinnedAnchor(deps: AgentDeps, server: string, fingerprint: string): Promise<Uint8Array> {
  await using stranger = deps.openTransport({ kind: 'not-yet' });
  const { certificates } = await deviceApi(server, stranger.send, deps.habits.userAgent).anchors();
  const anchor = certificates.find((der) => sha256Hex(der) === fingerprint);
  if (anchor === undefined)
    throw new Failure(
      'unavailable',
      'pin-mismatch',
      `${server} is not the server that this token is from. Check the address; if it is right, somebody may stand in between.`,
      { server },
    );
  return anchor;
}

function serverAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  )
    throw new Failure('invalid', 'server-address', 'Give the address of the server, such as https://scep.example.org.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new Failure(
      'invalid',
      'https-needed',
      'Joining over plain HTTP works on this machine only. Give an https:// address.',
      { host: url.hostname },
    );
  return url.href.replace(/\/+$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
