import { hashSecret } from '../crypto/secret.ts';
import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { UserId } from '../directory/user.ts';
import type { UserStore } from '../directory/user-store.ts';
import type { Cause, Subject } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { formatJoinToken } from '../formats/agent/join-token-text.ts';
import { toBase32 } from '../lib/bytes.ts';
import { type Clock, day, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { Transact } from '../lib/transact.ts';
import type { JoinTokenId, JoinTokenStore } from './join-token.ts';

export const defaultJoinTokenLifetime = 7 * day;
const shortest = minute;
const longest = 90 * day;

export type CreateJoinTokenDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly tokens: JoinTokenStore;
  readonly devices: DeviceStore;
  readonly users: UserStore;
  readonly events: EventLog;
  /** SHA-256, hex, of the certificate that agents shall pin: one of those at `/device/v1/anchors`. */
  readonly pin: () => Promise<string>;
};

export type CreateJoinTokenInput = {
  /** Null: whoever shows the token first becomes a new device of `userId`. */
  readonly deviceId: DeviceId | null;
  readonly userId: UserId | null;
  /** Milliseconds; default seven days. */
  readonly lifetime?: number;
  readonly cause: Cause;
};

/**
 * A token with which one device may join, once. `text` is shown this one time.
 * Failure `not-found` `device-unknown` or `user-unknown`; `invalid` `join-token-lifetime`.
 */
export async function createJoinToken(
  deps: CreateJoinTokenDeps,
  input: CreateJoinTokenInput,
): Promise<{ readonly id: JoinTokenId; readonly text: string; readonly expiresAt: number }> {
  const { deviceId, userId, lifetime = defaultJoinTokenLifetime, cause } = input;
  if (!Number.isInteger(lifetime) || lifetime < shortest || lifetime > longest)
    throw new Failure('invalid', 'join-token-lifetime', 'A join token lives between one minute and 90 days.', {
      lifetime,
      shortest,
      longest,
    });
  const fingerprint = await deps.pin();
  const secret = toBase32(randomBytes(32));
  return deps.transact(async () => {
    await checkSubjects(deps, deviceId, userId);
    const now = deps.clock.now();
    const id = newId<JoinTokenId>(deps.clock);
    const expiresAt = now + lifetime;
    await deps.tokens.insert({
      id,
      secretHash: hashSecret(secret),
      deviceId,
      userId,
      createdAt: now,
      expiresAt,
      usedAt: null,
    });
    const subjects: Subject[] = [{ kind: 'token', id }];
    if (deviceId !== null) subjects.push({ kind: 'device', id: deviceId });
    if (userId !== null) subjects.push({ kind: 'user', id: userId });
    await deps.events.append([{ type: 'device.join-token-created', cause, subjects, data: { expiresAt } }]);
    return { id, text: formatJoinToken({ secret, fingerprint }), expiresAt };
  });
}

async function checkSubjects(
  deps: Pick<CreateJoinTokenDeps, 'devices' | 'users'>,
  deviceId: DeviceId | null,
  userId: UserId | null,
): Promise<void> {
  if (deviceId !== null && (await deps.devices.get(deviceId)) === null)
    throw new Failure('not-found', 'device-unknown', 'There is no such device to make a join token for.', { deviceId });
  if (userId !== null && (await deps.users.get(userId)) === null)
    throw new Failure('not-found', 'user-unknown', 'There is no such user to make a join token for.', { userId });
}
