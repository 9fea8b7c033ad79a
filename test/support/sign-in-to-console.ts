import type { ConsoleWindow } from './browser.ts';
import { sessionClient } from './session-client.ts';
import type { World } from './world.ts';

export const dana = {
  name: 'Dana Alder',
  signInName: 'dana@alderfinch.example',
  password: 'seven wet herons in a row',
} as const;

/** The first administrator, by the API. `code`: the set-up code; it becomes none by that. */
export async function addDana(server: { readonly url: string }, code: string): Promise<void> {
  const { status, body } = await sessionClient(server)('POST', '/setup', { body: { code, ...dana } });
  if (status !== 201) throw new Error(`the first administrator was not made: ${JSON.stringify(body)}`);
}

/** As a person does it, on the page. */
export async function signIn(
  { page, settled }: ConsoleWindow,
  world: World,
  who: { signInName: string; password: string } = dana,
) {
  await page.goto(world.url);
  await page.getByLabel('Sign-in name').fill(who.signInName);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await settled();
}
