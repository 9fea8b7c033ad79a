/** Signing in by an identity provider: away to its pages, and back with its answer. */
import { type Answer, call } from './call.ts';
import { signedIn } from './session.ts';

export type SignInProvider = Answer<'GET /api/v1/session/identity-providers'>['items'][number];

/** A page that the server answers with the console for; it stands in the settings of the provider. */
export const returnPath = '/sign-in/return';

const placeKey = 'scepward-sign-in-place';

/** The browser leaves this page. */
export async function leaveFor(provider: SignInProvider): Promise<void> {
  const { url } = await call('POST /api/v1/session/identity-providers/{identityProvider}', {
    path: { identityProvider: provider.id },
  });
  if (location.pathname !== returnPath) sessionStorage.setItem(placeKey, location.pathname + location.search);
  location.assign(url);
}

let answered: Promise<void> | undefined;

/** With the address at which the provider sent the browser back, once however often it is asked. */
export function comeBack(): Promise<void> {
  answered ??= answer();
  return answered;
}

async function answer(): Promise<void> {
  const query = location.search.replace(/^\?/, '');
  // The code is worth nothing soon; it need not stand in the history.
  history.replaceState(history.state, '', returnPath);
  await signedIn(await call('POST /api/v1/session/identity-provider', { body: { answer: query } }));
}

/** Where they were before. */
export function placeBefore(): string {
  const place = sessionStorage.getItem(placeKey) ?? '/';
  sessionStorage.removeItem(placeKey);
  return place.startsWith('/') && !place.startsWith('//') ? place : '/';
}
