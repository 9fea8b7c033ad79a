/** Which page answers at which address; each is a chunk of its own, fetched when it is first gone to. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { NotFoundPage, PageFailed } from './error-pages.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage, errorComponent: PageFailed });

type PageModule = { readonly Page: ComponentType };

function page(path: string, load: () => Promise<PageModule>) {
  return createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, 'Page') });
}

const routes = [
  page('/', () => import('../features/overview/overview-page.tsx')),
  page('/account', () => import('../features/account/account-page.tsx')),
  page('/administration', () => import('../features/administration/administration-page.tsx')),
  page('/devices', () => import('../features/devices/devices-page.tsx')),
  page('/devices/$device', () => import('../features/devices/device-page.tsx')),
  page('/users', () => import('../features/users/users-page.tsx')),
  page('/groups', () => import('../features/groups/groups-page.tsx')),
  page('/certificates', () => import('../features/certificates/certificates-page.tsx')),
  page('/administration/$section', () => import('../features/administration/administration-page.tsx')),
  page('/audit', () => import('../features/audit/audit-page.tsx')),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: 'intent',
  defaultPreloadDelay: 80,
  defaultErrorComponent: PageFailed,
  // Filters are plain words in the address: `?status=valid`, nothing quoted.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(search as Record<string, unknown>))
      if (value !== undefined && value !== '') parameters.set(name, String(value));
    const text = parameters.toString();
    return text === '' ? '' : `?${text}`;
  },
});
