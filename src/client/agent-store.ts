import type { UndeliverableProfile } from '../formats/agent/check-in-message.ts';

/**
 * What an agent keeps. A *bundle* is a few files that belong together and appear, change and vanish as one: `key.pem`
 * beside `certificate.pem`, never one without the other. Names are paths of plain segments: `certificates/wifi`.
 */
export type AgentStore = {
  /** Null before joining. */
  load(): Promise<AgentState | null>;
  /** Durable when it returns. */
  save(state: AgentState): Promise<void>;
  readFile(bundle: string, file: string): Promise<string | null>;
  /** Replaces the bundle as a whole; durable when it returns. */
  writeBundle(bundle: string, files: Readonly<Record<string, string>>): Promise<void>;
  removeBundle(bundle: string): Promise<void>;
  /** Everything. */
  clear(): Promise<void>;
};

/** Plain JSON. Holds secrets: the credential, and challenges that are under way. */
export type AgentState = {
  readonly version: 1;
  /** Base address of the server, without trailing slash. */
  readonly server: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly platform: string;
  readonly credential: string;
  /** DER, base64: the certificate that the join token named. */
  readonly anchor: string;
  /** ms UTC. */
  readonly joinedAt: number;
  readonly lastCheckIn: number | null;
  readonly nextCheckIn: number;
  readonly wakeVersion: string | null;
  readonly items: readonly AgentItem[];
  /** What the server said it cannot deliver, last time. Missing in what an older agent saved. */
  readonly undeliverable?: readonly UndeliverableProfile[];
  /** Reports that the server has not taken yet. */
  readonly outbox: readonly unknown[];
};

/** What the agent has, or is about to have, of one deployment. */
export type AgentItem = {
  readonly deploymentId: string;
  readonly kind: 'scep' | 'trusted';
  readonly profile: { readonly slug: string; readonly name: string };
  /** Where it lies; null: nothing is in place. */
  readonly bundle: string | null;
  readonly thumbprint256: string | null;
  /** ms UTC; null for trusted certificates and while nothing is in place. */
  readonly notAfter: number | null;
  /** ms UTC when renewal starts. */
  readonly renewAt: number | null;
  /** Of the directions that it follows. Missing in what an older agent saved. */
  readonly deliveryVersion?: number | null;
  readonly task: AgentTask | null;
};

/** A certificate that is being fetched. */
export type AgentTask = {
  /** `scepPayloadToJson` of the payload. */
  readonly payload: unknown;
  readonly generation: number;
  readonly revision: number;
  /** Bundle with the key, written before anything is sent, so that a repeat after a crash uses the same. Null: none yet. */
  readonly keyBundle: string | null;
  /** A request has left: the server may have issued already, so that only its answer can end the task. */
  readonly sent: boolean;
  /** The address that said PENDING. */
  readonly pendingAt: string | null;
  readonly attempts: number;
  /** ms UTC: not before. */
  readonly nextAttempt: number;
  /** What went wrong last time. */
  readonly problem: { readonly code: string; readonly detail: string } | null;
};
