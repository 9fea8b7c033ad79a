/** Passkeys: `/api/v1/session/passkey`, `/api/v1/me/passkeys`, and those of other administrators. */
import { z } from 'zod';
import type { addPasskey } from '../../access/add-passkey.ts';
import type { Administrator, AdministratorId } from '../../access/administrator.ts';
import type { AdministratorStore } from '../../access/administrator-store.ts';
import type { removePasskey, renamePasskey } from '../../access/change-passkeys.ts';
import type { Passkey, PasskeyId, PasskeyStore, RelyingParty } from '../../access/passkey.ts';
import { challengeLifetime } from '../../access/passkey-challenge.ts';
import type { Principal } from '../../access/principal.ts';
import { type signInByPasskey, userHandleOf } from '../../access/sign-in-by-passkey.ts';
import { passkeyAlgorithms } from '../../crypto/passkey-signature.ts';
import type { Bound } from '../../lib/bound.ts';
import { callerOf, causeOf, expectSignedIn } from '../caller.ts';
import { placeOf } from '../session-cookie.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { findAdministrator } from './find-administrator.ts';
import { nameParam } from './find-named.ts';
import { list, time } from './list-schema.ts';
import { meSchema } from './me-schema.ts';
import { attempt, begin, type SessionUseCases } from './session-routes.ts';

export type PasskeyUseCases = {
  readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName'>;
  readonly passkeys: Pick<PasskeyStore, 'of'>;
  readonly session: SessionUseCases;
  /** Failure `passkeys-need-name`. */
  relyingParty(): RelyingParty;
  challengeForSignIn(): string;
  challengeForNewPasskey(administrator: Administrator): string;
  readonly signInByPasskey: Bound<typeof signInByPasskey>;
  readonly addPasskey: Bound<typeof addPasskey>;
  readonly renamePasskey: Bound<typeof renamePasskey>;
  readonly removePasskey: Bound<typeof removePasskey>;
  /** Failure `beyond-own-rights`. */
  expectWithin(by: Principal, administrator: Administrator): Promise<void>;
};

const base64url = z.string().min(1).max(8192).describe('Base64url');
const passkeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    backedUp: z.boolean().describe('Kept elsewhere as well, as by a password manager'),
    createdAt: time,
    lastUsedAt: time.nullable(),
  })
  .meta({ id: 'Passkey' });
const origins = list(z.string()).describe('Pages at other addresses than these cannot use passkeys');
const timeout = z.number().int().describe('Milliseconds');
const signInOptions = z
  .object({
    origins,
    publicKey: z
      .object({
        challenge: z.string(),
        rpId: z.string(),
        userVerification: z.literal('required'),
        timeout,
      })
      .describe('For `PublicKeyCredential.parseRequestOptionsFromJSON`'),
  })
  .meta({ id: 'PasskeySignInOptions' });
const creationOptions = z
  .object({
    origins,
    publicKey: z
      .object({
        challenge: z.string(),
        rp: z.object({ id: z.string(), name: z.string() }),
        user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
        pubKeyCredParams: list(z.object({ type: z.literal('public-key'), alg: z.number().int() })),
        excludeCredentials: list(
          z.object({ type: z.literal('public-key'), id: z.string(), transports: list(z.string()) }),
        ),
        authenticatorSelection: z.object({
          residentKey: z.literal('required'),
          requireResidentKey: z.literal(true),
          userVerification: z.literal('required'),
        }),
        attestation: z.literal('none'),
        timeout,
      })
      .describe('For `PublicKeyCredential.parseCreationOptionsFromJSON`'),
  })
  .meta({ id: 'PasskeyCreationOptions' });
/** What browsers add is nothing to us. */
const assertion = z.object({
  id: base64url,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullable().default(null),
  }),
});
const credential = z.object({
  id: base64url,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    publicKey: base64url.describe('SubjectPublicKeyInfo'),
    publicKeyAlgorithm: z.number().int(),
    transports: z.array(z.string().max(50)).max(10).default([]),
  }),
});
const name = z.string().trim().min(1).max(100);
const own = z.strictObject({ passkey: z.string().min(1).max(100) });
const anybodys = z.strictObject({ administrator: nameParam('Id or sign-in name') });
const listed = { 200: z.object({ items: list(passkeySchema), next: z.null() }) };
const tag = 'passkeys';

export function registerPasskeyRoutes(scope: AdminScope, useCases: PasskeyUseCases): void {
  scope.post(
    '/session/passkey/options',
    documented(
      { permission: 'public', tag, summary: 'Begin to sign in with a passkey', detail: 'Nothing is stored by it.' },
      { response: { 200: signInOptions } },
    ),
    async () => {
      const { id: rpId, origins } = useCases.relyingParty();
      const challenge = useCases.challengeForSignIn();
      return {
        origins,
        publicKey: { challenge, rpId, userVerification: 'required', timeout: challengeLifetime } as const,
      };
    },
  );

  scope.post(
    '/session/passkey',
    documented(
      {
        permission: 'public',
        tag,
        summary: 'Sign in with a passkey',
        detail:
          'With what `PublicKeyCredential.toJSON()` gives. Sets the session’s cookie. After too many failures from one network it answers 429 with Retry-After.',
      },
      { body: z.strictObject({ credential: assertion }), response: { 200: meSchema } },
    ),
    async (request, reply) => {
      const input = { credential: request.body.credential, place: placeOf(request) };
      const { session } = useCases;
      const started = await attempt(session, request, session.limits.codes, () => useCases.signInByPasskey(input));
      return begin(session, request, reply, started);
    },
  );

  scope.get(
    '/me/passkeys',
    documented({ permission: 'session', tag, summary: 'List one’s own passkeys' }, { response: listed }),
    async (request) => listOf(useCases, expectSignedIn(request).administrator.id),
  );

  scope.post(
    '/me/passkeys/options',
    documented(
      { permission: 'session', tag, summary: 'Begin to add a passkey' },
      { response: { 200: creationOptions } },
    ),
    async (request) => {
      const { administrator } = expectSignedIn(request);
      const { id, name, origins } = useCases.relyingParty();
      const known = await useCases.passkeys.of(administrator.id);
      const publicKey = {
        challenge: useCases.challengeForNewPasskey(administrator),
        rp: { id, name },
        user: {
          id: userHandleOf(administrator.id),
          name: administrator.signInName,
          displayName: administrator.name,
        },
        pubKeyCredParams: passkeyAlgorithms.map((alg) => ({ type: 'public-key', alg }) as const),
        excludeCredentials: known.map(
          ({ credentialId, transports }) => ({ type: 'public-key', id: credentialId, transports }) as const,
        ),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: challengeLifetime,
      } as const;
      return { origins, publicKey };
    },
  );

  scope.post(
    '/me/passkeys',
    documented(
      {
        permission: 'session',
        tag,
        summary: 'Add a passkey',
        detail: 'With what `PublicKeyCredential.toJSON()` gives.',
      },
      { body: z.strictObject({ name, credential }), response: { 201: passkeySchema } },
    ),
    async (request, reply) => {
      const { administrator } = expectSignedIn(request);
      const made = await useCases.addPasskey({ administrator, ...request.body, cause: causeOf(request) });
      reply.code(201);
      return view(made);
    },
  );

  scope.put(
    '/me/passkeys/:passkey',
    documented(
      { permission: 'session', tag, summary: 'Rename a passkey of one’s own' },
      { params: own, body: z.strictObject({ name }), response: { 200: passkeySchema } },
    ),
    async (request) => {
      const { administrator } = expectSignedIn(request);
      const id = request.params.passkey as PasskeyId;
      return view(
        await useCases.renamePasskey({ administrator, id, name: request.body.name, cause: causeOf(request) }),
      );
    },
  );

  scope.delete(
    '/me/passkeys/:passkey',
    documented(
      { permission: 'session', tag, summary: 'Remove a passkey of one’s own' },
      { params: own, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { administrator } = expectSignedIn(request);
      const id = request.params.passkey as PasskeyId;
      await useCases.removePasskey({ administrator, id, cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.get(
    '/administrators/:administrator/passkeys',
    documented(
      { permission: 'administrators.read', tag, summary: 'List an administrator’s passkeys' },
      { params: anybodys, response: listed },
    ),
    async (request) => listOf(useCases, (await findAdministrator(useCases, request.params.administrator)).id),
  );

  scope.delete(
    '/administrators/:administrator/passkeys/:passkey',
    documented(
      { permission: 'administrators.write', tag, summary: 'Remove a passkey of an administrator' },
      { params: anybodys.extend(own.shape), response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const administrator = await findAdministrator(useCases, request.params.administrator);
      await useCases.expectWithin(callerOf(request), administrator);
      const id = request.params.passkey as PasskeyId;
      await useCases.removePasskey({ administrator, id, cause: causeOf(request) });
      reply.code(204);
    },
  );
}

async function listOf({ passkeys }: Pick<PasskeyUseCases, 'passkeys'>, id: AdministratorId) {
  return { items: (await passkeys.of(id)).map(view), next: null };
}

function view({ id, name, backedUp, createdAt, lastUsedAt }: Passkey) {
  return { id, name, backedUp, createdAt, lastUsedAt };
}
