import { systemClock } from '../../lib/clock.ts';
import { createServer } from '../server.ts';
import { type AdminUseCases, registerAdminRoutes } from './admin-routes.ts';

/** The description of the administration API, as `/api/openapi.json` serves it and `openapi.json` holds it. */
export async function openApiDocument(): Promise<object> {
  const server = await createServer({
    clock: systemClock,
    log: null,
    trustedProxies: [],
    authorize: async () => {},
    // Registering calls no use case, and nothing but the description is asked for.
    routes: (app) => registerAdminRoutes(app, {} as AdminUseCases),
  });
  try {
    const response = await server.app.inject('/api/openapi.json');
    return response.json();
  } finally {
    await server.stop(0);
  }
}
