import { type Anchors, parseAnchors } from '../formats/agent/anchors.ts';
import { type CheckInAnswer, type CheckInRequest, parseCheckInAnswer } from '../formats/agent/check-in-message.ts';
import { type JoinAnswer, type JoinRequest, parseJoinAnswer } from '../formats/agent/join-message.ts';
import { agentPaths } from '../formats/agent/protocol.ts';
import type { DeviceReport } from '../formats/agent/report-message.ts';
import { parseWakeAnswer, type WakeAnswer } from '../formats/agent/wake-message.ts';
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { minute } from '../lib/clock.ts';
import { Failure, type FailureKind } from '../lib/failure.ts';
import type { HttpAnswer, Transport } from './http-transport.ts';

/** The server's side of the agent protocol, as an agent sees it. Each call rejects with the `Failure` that the server named. */
export type DeviceApi = {
  anchors(): Promise<Anchors>;
  join(request: JoinRequest): Promise<JoinAnswer>;
  checkIn(credential: string, request: CheckInRequest): Promise<CheckInAnswer>;
  report(credential: string, reports: readonly DeviceReport[]): Promise<void>;
  /** Held by the server until something changes, at most about a minute. */
  wake(credential: string, version: string, signal: AbortSignal): Promise<WakeAnswer>;
  leave(credential: string): Promise<void>;
};

export function deviceApi(server: string, send: Transport, userAgent: string): DeviceApi {
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    options: { body?: unknown; credential?: string; signal?: AbortSignal; timeout?: number } = {},
  ): Promise<unknown> => {
    const { body, credential, signal, timeout } = options;
    const answer = await send({
      method,
      url: server + path,
      headers: {
        'user-agent': userAgent,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      },
      ...(body === undefined ? {} : { body: utf8(JSON.stringify(body)) }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeout === undefined ? {} : { timeout }),
    });
    if (answer.status < 200 || answer.status > 299) throw refusal(server, answer);
    return answer.body.length === 0 ? null : readJson(server, answer);
  };
  return {
    anchors: async () => parseAnchors(await call('GET', agentPaths.anchors)),
    join: async (body) => parseJoinAnswer(await call('POST', agentPaths.join, { body })),
    checkIn: async (credential, body) =>
      parseCheckInAnswer(await call('POST', agentPaths.checkIn, { body, credential })),
    async report(credential, reports) {
      await call('POST', agentPaths.reports, { body: { reports }, credential });
    },
    wake: async (credential, version, signal) =>
      parseWakeAnswer(
        await call('GET', `${agentPaths.wake}?version=${encodeURIComponent(version)}`, {
          credential,
          signal,
          timeout: 2 * minute,
        }),
      ),
    async leave(credential) {
      await call('POST', agentPaths.leave, { credential });
    },
  };
}

const kinds: Readonly<Record<number, FailureKind>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  422: 'invalid',
  429: 'limited',
  503: 'unavailable',
};

/** A problem document becomes the failure that it was; anything else is somebody else's page. */
function refusal(server: string, answer: HttpAnswer): Failure {
  const problem: unknown = answer.contentType === 'application/problem+json' ? readJson(server, answer) : null;
  const { code, detail } = (problem ?? {}) as { readonly code?: unknown; readonly detail?: unknown };
  const kind = kinds[answer.status] ?? (answer.status >= 500 ? 'unavailable' : 'malformed');
  if (typeof code === 'string' && typeof detail === 'string') return new Failure(kind, code, detail);
  return new Failure(
    kind,
    `http-${answer.status}`,
    `${server} answered with HTTP status ${answer.status}. Is that the address of the server?`,
  );
}

function readJson(server: string, answer: HttpAnswer): unknown {
  try {
    return JSON.parse(fromUtf8(answer.body) ?? '');
  } catch {
    throw new Failure('malformed', 'not-json', `${server} did not answer in JSON. Is that the address of the server?`);
  }
}
