import type { AdministratorId } from '../access/administrator.ts';
import type { ApiToken, TokenId } from '../access/api-token.ts';
import type { GrantsOf } from '../access/authenticate-session.ts';
import { concludeHeldChange, decideHeldChange } from '../access/decide-held-change.ts';
import type { HeldChange } from '../access/held-change.ts';
import { holdChange } from '../access/hold-change.ts';
import type { Principal } from '../access/principal.ts';
import { saveSecondApproval } from '../access/save-second-approval.ts';
import type { HeldChangeUseCases } from '../http/admin/held-change-routes.ts';
import type { Foundation } from './foundation.ts';

export function composeSecondApproval(
  { store, clock }: Pick<Foundation, 'store' | 'clock'>,
  grantsOf: GrantsOf,
): HeldChangeUseCases {
  const ports = { ...store, clock };
  return {
    ...ports,
    holdChange: (input) => holdChange(ports, input),
    decideHeldChange: (input) => decideHeldChange(ports, input),
    concludeHeldChange: (input) => concludeHeldChange(ports, input),
    saveSecondApproval: (input) => saveSecondApproval(ports, input),
    async personOf({ kind, id }) {
      const token = kind === 'token' ? await store.tokens.get(id as TokenId) : null;
      return token?.madeBy ?? id;
    },
    async askerNow({ asker }: HeldChange): Promise<Principal | null> {
      const { kind, id, name, claimed } = asker;
      if (kind === 'token') {
        const token = await store.tokens.get(id as TokenId);
        if (token === null || !isGood(token, clock.now())) return null;
        return { kind, id, name, grants: [{ permissions: token.permissions, scope: token.scope }] };
      }
      const administrator = await store.administrators.get(id as AdministratorId);
      if (administrator?.state !== 'active') return null;
      return { kind, id, name, grants: await grantsOf(administrator, claimed) };
    },
  };
}

function isGood({ revokedAt, expiresAt }: ApiToken, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}
