/** `/device/v1/…`: the agent protocol over HTTP. Messages are in `formats/agent`, what they do in `delivery`. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CheckInInput } from '../../delivery/check-in.ts';
import type { JoinRefusal, JoinResult } from '../../delivery/join-device.ts';
import type { WakeBoard } from '../../delivery/wake-board.ts';
import type { Device } from '../../directory/device.ts';
import type { AgentFacts } from '../../formats/agent/agent-facts.ts';
import { anchorsToJson } from '../../formats/agent/anchors.ts';
import { type CheckInAnswer, checkInAnswerToJson, parseCheckInRequest } from '../../formats/agent/check-in-message.ts';
import { type JoinAnswer, parseJoinRequest } from '../../formats/agent/join-message.ts';
import { agentPaths, maxAgentMessage } from '../../formats/agent/protocol.ts';
import { readId } from '../../formats/agent/read-json.ts';
import { type DeviceReport, parseReportRequest, type ReportAnswer } from '../../formats/agent/report-message.ts';
import { Failure } from '../../lib/failure.ts';
import type { AttemptLimit } from '../attempt-limit.ts';
import { requireSecureTransport } from '../secure-transport.ts';
import type { DeviceAuthorization } from './device-authorization.ts';

export type DeviceUseCases = {
  /** DER of the certificates that agents may pin: what our HTTPS chains to, and the root. */
  anchors(): Promise<readonly Uint8Array[]>;
  joinDevice(input: { secret: string; facts: AgentFacts; requestId: string }): Promise<JoinResult>;
  checkIn(input: CheckInInput): Promise<CheckInAnswer>;
  report(input: { device: Device; reports: readonly DeviceReport[]; requestId: string }): Promise<ReportAnswer>;
  leaveDevice(input: { device: Device; requestId: string }): Promise<void>;
  readonly wakeBoard: Pick<WakeBoard, 'wait'>;
  /** The same that the server's `authorize` asks. */
  readonly devices: DeviceAuthorization;
  readonly joinLimit: AttemptLimit;
};

const joinBodyLimit = 16 * 1024;

export function registerDeviceRoutes(app: FastifyInstance, useCases: DeviceUseCases): void {
  const device = { permission: 'device' } as const;
  const noStore = (_request: unknown, reply: { header(name: string, value: string): unknown }, done: () => void) => {
    reply.header('cache-control', 'no-store');
    done();
  };

  app.get(agentPaths.anchors, { config: { permission: 'public' } }, async () =>
    anchorsToJson({ certificates: await useCases.anchors() }),
  );

  app.post(
    agentPaths.join,
    { config: { permission: 'public' }, bodyLimit: joinBodyLimit, onRequest: noStore },
    async (request, reply) => {
      const answer = await join(useCases, request);
      reply.code(201);
      return answer;
    },
  );

  app.post(agentPaths.checkIn, { config: device, bodyLimit: maxAgentMessage, onRequest: noStore }, async (request) => {
    const { device: known, credential } = useCases.devices.deviceOf(request);
    const message = parseCheckInRequest(request.body);
    const input: CheckInInput = { device: known, credential, request: message, requestId: request.id };
    return checkInAnswerToJson(await useCases.checkIn(input));
  });

  app.post(agentPaths.reports, { config: device, bodyLimit: maxAgentMessage }, (request) =>
    useCases.report({
      device: useCases.devices.deviceOf(request).device,
      reports: parseReportRequest(request.body).reports,
      requestId: request.id,
    }),
  );

  app.get<{ Querystring: Record<string, unknown> }>(
    agentPaths.wake,
    { config: device, onRequest: noStore },
    async (request, reply) => {
      const version = readId(request.query.version, 'version');
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return useCases.wakeBoard.wait(useCases.devices.deviceOf(request).device.id, version, gone.signal);
    },
  );

  app.post(agentPaths.leave, { config: device, bodyLimit: 1024 }, async (request, reply) => {
    await useCases.leaveDevice({ device: useCases.devices.deviceOf(request).device, requestId: request.id });
    reply.code(204);
  });
}

async function join(useCases: DeviceUseCases, request: FastifyRequest): Promise<JoinAnswer> {
  requireSecureTransport(request);
  await useCases.joinLimit.check(request.ip);
  const { secret, facts } = parseJoinRequest(request.body);
  const result = await useCases.joinDevice({ secret, facts, requestId: request.id });
  if (result.kind === 'refused') {
    await useCases.joinLimit.failed(request.ip);
    throw refusal(result.reason);
  }
  const { device, credential } = result;
  return { deviceId: device.id, deviceName: device.deviceName, platform: device.platform, credential };
}

const refusals: Readonly<Record<JoinRefusal, readonly ['unauthenticated' | 'conflict' | 'invalid', string]>> = {
  'token-unknown': ['unauthenticated', 'This join token is not known here. Copy it whole, or make a new one.'],
  'token-used': ['unauthenticated', 'This join token was used before, and serves once. Make a new one.'],
  'token-expired': ['unauthenticated', 'This join token has expired. Make a new one.'],
  'device-unknown': ['conflict', 'The device that this token was made for is gone. Make a token for another.'],
  'device-retired': [
    'conflict',
    'The device was retired after this token was made. If it shall come back, make a new one.',
  ],
  'platform-unknown': ['invalid', 'This platform is not known. Give one that the directory knows, such as linux.'],
  'platform-mismatch': ['conflict', 'This token is for a device of another platform.'],
};

function refusal(reason: JoinRefusal): Failure {
  const [kind, message] = refusals[reason];
  return new Failure(kind, reason, message);
}
