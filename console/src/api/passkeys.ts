/** Passkeys in this browser: what the server asks is handed to the authenticator, what it answers goes back. */
import { type Answer, call, type Input } from './call.ts';
import { type Me, signedIn } from './session.ts';

export const passkeysWork =
  typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Undefined: the person did not want to. */
export async function signInWithPasskey(): Promise<Me | undefined> {
  const { publicKey } = await call('POST /api/v1/session/passkey/options');
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey as PublicKeyCredentialRequestOptionsJSON);
  const credential = await asked(navigator.credentials.get({ publicKey: options }));
  if (credential === undefined) return undefined;
  const me = await call('POST /api/v1/session/passkey', {
    body: { credential: credential.toJSON() as AuthenticationResponseJSON },
  });
  await signedIn(me);
  return me;
}

/** Browsers that ask for a key of an algorithm that they know tell it. */
type NewCredential = Input<'POST /api/v1/me/passkeys'>['body']['credential'];

/** Undefined: the person did not want to. */
export async function addPasskey(name: string): Promise<Answer<'POST /api/v1/me/passkeys'> | undefined> {
  const { publicKey } = await call('POST /api/v1/me/passkeys/options');
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(
    publicKey as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const credential = await asked(navigator.credentials.create({ publicKey: options }));
  if (credential === undefined) return undefined;
  return call('POST /api/v1/me/passkeys', { body: { name, credential: credential.toJSON() as NewCredential } });
}

async function asked(ceremony: Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  try {
    const credential = await ceremony;
    return credential instanceof PublicKeyCredential ? credential : undefined;
  } catch (error) {
    // Cancelled, or it took too long.
    if (error instanceof DOMException && error.name === 'NotAllowedError') return undefined;
    throw error;
  }
}
