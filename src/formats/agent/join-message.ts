import { type AgentFacts, readAgentFacts } from './agent-facts.ts';
import { readId, readObject, readText } from './read-json.ts';

/** `secret` is the first part of the join token: the fingerprint behind it stays with the agent. */
export type JoinRequest = { readonly secret: string; readonly facts: AgentFacts };

export type JoinAnswer = {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly platform: string;
  /** A secret: goes into `Authorization: Bearer` and into a file of mode 0600, nowhere else. */
  readonly credential: string;
};

export function parseJoinRequest(value: unknown): JoinRequest {
  const object = readObject(value, '');
  return { secret: readSecret(object.secret, 'secret'), facts: readAgentFacts(object.facts, 'facts') };
}

export function parseJoinAnswer(value: unknown): JoinAnswer {
  const object = readObject(value, '');
  return {
    deviceId: readId(object.deviceId, 'deviceId'),
    deviceName: readText(object.deviceName, 'deviceName', 256),
    platform: readText(object.platform, 'platform', 64),
    credential: readSecret(object.credential, 'credential'),
  };
}

export function readSecret(value: unknown, path: string): string {
  return readText(value, path, 128, { pattern: /^[\w.~+/=-]+$/, shape: 'a secret' });
}
