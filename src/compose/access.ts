/** How administrators prove who they are: sign-in, sessions, set-up. */
import { addPasskey, challengeForNewPasskey } from '../access/add-passkey.ts';
import type { Administrator } from '../access/administrator.ts';
import { administratorGrants } from '../access/administrator-grants.ts';
import { assignRole } from '../access/assign-role.ts';
import { authenticate } from '../access/authenticate.ts';
import { authenticateSession, type GrantsOf } from '../access/authenticate-session.ts';
import { removePasskey, renamePasskey } from '../access/change-passkeys.ts';
import { changePassword } from '../access/change-password.ts';
import { deleteAdministrator } from '../access/delete-administrator.ts';
import { endSessions } from '../access/end-sessions.ts';
import type { Principal } from '../access/principal.ts';
import { resetAdministrator } from '../access/reset-administrator.ts';
import { expectWithin, saveAdministrator } from '../access/save-administrator.ts';
import { saveSessionLifetime } from '../access/save-session-lifetime.ts';
import { needsSetUp, setUp } from '../access/set-up.ts';
import { signInByCode } from '../access/sign-in-by-code.ts';
import { challengeForSignIn, signInByPasskey } from '../access/sign-in-by-passkey.ts';
import { signInByPassword } from '../access/sign-in-by-password.ts';
import { forgetBefore } from '../access/sign-in-delay.ts';
import { startSession } from '../access/start-session.ts';
import { removeSecretFile } from '../config/secrets.ts';
import { hashSecret } from '../crypto/secret.ts';
import type { AdministratorUseCases } from '../http/admin/administrator-routes.ts';
import type { PasskeyUseCases } from '../http/admin/passkey-routes.ts';
import type { SessionUseCases } from '../http/admin/session-routes.ts';
import { attemptLimit } from '../http/attempt-limit.ts';
import type { AuthorizeDeps } from '../http/authorize.ts';
import { openidProtocol } from '../http/outbound/openid-protocol.ts';
import type { Bound } from '../lib/bound.ts';
import { day } from '../lib/clock.ts';
import type { Foundation } from './foundation.ts';
import { composeIdentityProviders, providerSignOut } from './identity-providers.ts';
import type { OwnAddresses } from './own-addresses.ts';
import { relyingPartyOf } from './relying-party.ts';
import { composeSecondApproval } from './second-approval.ts';
import { setUpCodeFile } from './set-up-code.ts';

export type AccessFeature = ReturnType<typeof composeAccess>;

export function composeAccess(foundation: Foundation, addresses: OwnAddresses) {
  const { store, clock, secret, config } = foundation;
  const ports = { ...store, clock, secret };
  const bindEnd: Bound<typeof endSessions> = (input) => endSessions(ports, input);
  const bindStart: Bound<typeof startSession> = (input) => startSession(ports, input);
  const grantsOf: GrantsOf = ({ id }, claimed) => administratorGrants(ports, { administratorId: id, claimed });
  const rights = { ...ports, grantsOf };
  const bindWithin = (by: Principal, administrator: Administrator) => expectWithin(rights, by, administrator);
  const bindSave: Bound<typeof saveAdministrator> = (input) =>
    saveAdministrator({ ...ports, rights, endSessions: bindEnd }, input);
  const signing = { ...ports, startSession: bindStart, endSessions: bindEnd, grantsOf };
  const ownOrigins = () => addresses.origins;
  const protocol = openidProtocol({ privateAddresses: config.oidcPrivate, clock });

  const sessionUseCases: SessionUseCases = {
    ...signing,
    ownOrigins,
    setUpState: async () => ({
      needed: await needsSetUp(ports),
      authority: (await store.authorities.all()).length > 0,
    }),
    setUp: async (input) => {
      const verbs = {
        saveAdministrator: bindSave,
        startSession: bindStart,
        assignRole: ((role) => assignRole(ports, role)) satisfies Bound<typeof assignRole>,
      };
      const started = await setUp({ ...ports, verbs }, input);
      removeSecretFile(setUpCodeFile(config));
      return started;
    },
    signInByPassword: (input) => signInByPassword(signing, input),
    signInByCode: (input) => signInByCode(signing, input),
    changePassword: (input) => changePassword(signing, input),
    endSessions: bindEnd,
    signOutUrl: ({ providerId }) => providerSignOut(foundation, protocol, providerId),
    forgetSession: async (text) => {
      const known = await store.sessions.findByHash(hashSecret(text));
      if (known !== null) await store.transact(() => store.sessions.remove([known.id]));
    },
    limits: {
      passwords: attemptLimit({ code: 'too-many-sign-ins', what: 'sign-ins', points: 30 }),
      codes: attemptLimit({ code: 'too-many-codes', what: 'codes' }),
    },
  };
  const administratorUseCases: Omit<AdministratorUseCases, 'once'> = {
    ...ports,
    saveAdministrator: bindSave,
    deleteAdministrator: (input) => deleteAdministrator({ ...ports, rights }, input),
    resetAdministrator: (input) => resetAdministrator({ ...ports, verbs: signing }, input),
    endSessions: bindEnd,
    expectWithin: bindWithin,
    saveSessionLifetime: (input) => saveSessionLifetime(ports, input),
  };
  const relyingParty = () => relyingPartyOf(addresses);
  const passkeyUseCases: PasskeyUseCases = {
    ...ports,
    session: sessionUseCases,
    relyingParty,
    challengeForSignIn: () => challengeForSignIn(ports),
    challengeForNewPasskey: (administrator) => challengeForNewPasskey(ports, administrator),
    signInByPasskey: (input) => signInByPasskey({ ...signing, relyingParty: relyingParty() }, input),
    addPasskey: (input) => addPasskey({ ...ports, relyingParty: relyingParty() }, input),
    renamePasskey: (input) => renamePasskey(ports, input),
    removePasskey: (input) => removePasskey(ports, input),
    expectWithin: bindWithin,
  };
  const authorizing: Omit<AuthorizeDeps, 'devices'> = {
    authenticateToken: (text) => authenticate(ports, text),
    authenticateSession: (input) => authenticateSession(signing, input),
    ownOrigins,
  };
  return {
    sessionUseCases,
    passkeyUseCases,
    heldChangeUseCases: composeSecondApproval(foundation, grantsOf),
    identityProviderUseCases: composeIdentityProviders(foundation, {
      protocol,
      session: sessionUseCases,
      startSession: bindStart,
    }),
    administratorUseCases,
    authorizing,
    /** Timed work. */
    async forget(): Promise<void> {
      const now = clock.now();
      await store.transact(async () => {
        await store.heldChanges.forgetBefore(now - 90 * day);
        await store.sessions.removeEnded(now);
        await store.signInCodes.removeExpired(now);
        await store.signInRecords.removeBefore(forgetBefore(now));
        await store.usedChallenges.removeExpired(now);
      });
    },
  };
}
