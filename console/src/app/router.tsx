/** Which page answers at which address; each is a chunk of its own, fetched when it is first gone to. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { NotFoundPage, PageFailed } from './error-pages.tsx';
import { patiently } from './patiently.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage, errorComponent: PageFailed });

type PageModule = { readonly Page: ComponentType };

function page(path: string, load: () => Promise<PageModule>) {
  return createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(() => patiently(load), 'Page'),
  });
}

const routes = [
  page('/', () => import('../features/overview/overview-page.tsx')),
  page('/account', () => import('../features/account/account-page.tsx')),
  page('/administration', () => import('../features/administration/administration-page.tsx')),
  page('/devices', () => import('../features/devices/devices-page.tsx')),
  page('/devices/$device', () => import('../features/devices/device-page.tsx')),
  page('/users', () => import('../features/users/users-page.tsx')),
  page('/import', () => import('../features/directory-import/import-page.tsx')),
  page('/groups', () => import('../features/groups/groups-page.tsx')),
  page('/filters', () => import('../features/filters/filters-page.tsx')),
  page('/authority', () => import('../features/authority/authority-page.tsx')),
  page('/reports', () => import('../features/reports/reports-page.tsx')),
  page('/reports/failures', () => import('../features/reports/failures-page.tsx')),
  page('/troubleshoot', () => import('../features/troubleshoot/troubleshoot-page.tsx')),
  page('/jobs', () => import('../features/jobs/jobs-page.tsx')),
  page('/removals', () => import('../features/removals/removals-page.tsx')),
  page('/profiles', () => import('../features/profiles/profiles-page.tsx')),
  // No profile is called so: slugs know no underscore.
  page('/profiles/_create', () => import('../features/profiles/editor/create-profile-page.tsx')),
  page('/profiles/$profile', () => import('../features/profiles/profile-page.tsx')),
  page('/profiles/$profile/edit', () => import('../features/profiles/edit-profile-page.tsx')),
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
