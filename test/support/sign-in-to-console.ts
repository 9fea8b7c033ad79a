import type { ConsoleWindow } from './browser.ts';
import type { World } from './world.ts';

export async function signIn({ context }: ConsoleWindow, world: World): Promise<void> {
  await context.setExtraHTTPHeaders({ authorization: `Bearer ${world.adminToken}` });
  await context.route('**/api/v1/me', (route) =>
    route.fulfill({ json: { name: 'Dana', signInName: 'dana', permissions: 'all' } }),
  );
}
