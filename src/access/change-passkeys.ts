import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { parsePasskeyName } from './add-passkey.ts';
import type { Administrator } from './administrator.ts';
import type { Passkey, PasskeyId, PasskeyStore } from './passkey.ts';
import { subjectOf } from './start-session.ts';

type Deps = {
  readonly transact: Transact;
  readonly passkeys: Pick<PasskeyStore, 'of' | 'update' | 'remove'>;
  readonly events: Pick<EventLog, 'append'>;
};

type Which = { readonly administrator: Administrator; readonly id: PasskeyId; readonly cause: Cause };

/** Failures `passkey-not-found`, `passkey-name`. */
export async function renamePasskey(deps: Deps, input: Which & { readonly name: string }): Promise<Passkey> {
  const name = parsePasskeyName(input.name);
  return deps.transact(async () => {
    const known = await expectPasskey(deps, input);
    await deps.passkeys.update({ ...known, name }, known.signCount);
    return { ...known, name };
  });
}

/** Failure `passkey-not-found`. */
export async function removePasskey(deps: Deps, input: Which): Promise<void> {
  const { administrator, cause } = input;
  await deps.transact(async () => {
    const { id, name } = await expectPasskey(deps, input);
    await deps.passkeys.remove(id);
    const data = { name, passkey: id };
    await deps.events.append([{ type: 'access.passkey-removed', cause, subjects: [subjectOf(administrator)], data }]);
  });
}

async function expectPasskey({ passkeys }: Deps, { administrator, id }: Which): Promise<Passkey> {
  const found = (await passkeys.of(administrator.id)).find((passkey) => passkey.id === id);
  if (found !== undefined) return found;
  throw new Failure('not-found', 'passkey-not-found', 'There is no such passkey.', { passkey: id });
}
