/**
 * Who may import whom, as data; ARCHITECTURE.md explains it, `architecture.test.ts` enforces it. `import type` counts.
 * A change here comes with a decision record in `docs/decisions/`.
 */

/** The folders that tell the product's story; `reporting` shows them all, `store` and `http` serve them all. */
export const features = [
  'events',
  'webhooks',
  'jobs',
  'access',
  'directory',
  'profiles',
  'assignments',
  'deployments',
  'challenges',
  'authority',
  'delivery',
  'enrollment',
  'lifecycle',
  'reporting',
] as const;

const anything = '*';

/** A folder of `src`, or a file directly in it, and what it may import besides itself. */
export const layers: Readonly<Record<string, readonly string[] | typeof anything>> = {
  lib: [],
  formats: ['lib'],
  crypto: ['lib', 'formats'],
  events: ['lib'],
  config: ['lib'],
  webhooks: ['lib', 'crypto', 'events'],
  jobs: ['lib', 'events'],
  access: ['lib', 'formats', 'crypto', 'events'],
  directory: ['lib', 'formats', 'events'],
  profiles: ['lib', 'formats', 'events', 'directory'],
  assignments: ['lib', 'formats', 'events', 'directory', 'profiles'],
  deployments: ['lib', 'events', 'directory', 'profiles', 'assignments'],
  challenges: ['lib', 'crypto', 'events', 'profiles'],
  authority: ['lib', 'formats', 'crypto', 'events'],
  delivery: ['lib', 'formats', 'crypto', 'events', 'directory', 'profiles', 'deployments', 'challenges'],
  enrollment: ['lib', 'formats', 'crypto', 'events', 'profiles', 'deployments', 'challenges', 'authority'],
  lifecycle: [
    'lib',
    'events',
    'jobs',
    'directory',
    'profiles',
    'assignments',
    'deployments',
    'challenges',
    'authority',
  ],
  reporting: ['lib', ...features],
  store: ['lib', 'formats', ...features],
  http: ['lib', 'formats', 'crypto', ...features],
  client: ['lib', 'formats', 'crypto'],
  cli: anything,
  compose: anything,
  'main.ts': anything,
  'schedule.ts': anything,
};

/** Only these import what wires the product together. */
export const composers = { of: ['compose', 'schedule.ts'], by: ['cli', 'compose', 'main.ts', 'schedule.ts'] } as const;

/**
 * Where an outside package, a builtin of Node or a global may be named. Builtins that are not listed are free, packages
 * that are not listed are a fault. Homes are folders of `src` or single files. Tests may name any of them.
 */
export const homes: Readonly<Record<string, readonly string[]>> = {
  pg: ['store'],
  'node:sqlite': ['store'],
  fastify: ['http'],
  'fastify-type-provider-zod': ['http'],
  '@fastify/swagger': ['http'],
  'rate-limiter-flexible': ['http'],
  'openid-client': ['http'],
  'node:crypto': ['crypto'],
  zod: ['http', 'profiles', 'config', 'cli'],
  yaml: ['profiles', 'cli'],
  commander: ['cli'],
};

/** Packages that only tests may name. */
export const testPackages: readonly string[] = [
  'fast-check',
  'node:test',
  'node:assert',
  'node:assert/strict',
  'oidc-provider',
];

/** Reading the environment, the clock: once, in one place, so that everything else can be told. */
export const ambient = {
  environment: ['config/env.ts'],
  clock: ['lib/clock.ts'],
} as const;

/** Runs anywhere, a browser included: these folders and all they reach name neither `node:` nor `Buffer`. */
export const portable: readonly string[] = ['formats', 'lib', 'assignments/filter'];

/**
 * The console (`console/src`) imports its own files, these packages, and of the server what runs in a browser: pure files of
 * these folders, by value or type. Types of requests and answers come from `openapi.json` (docs/decisions/0030).
 */
export const consoleImports = {
  folders: ['lib', 'formats', 'directory', 'profiles', 'assignments'],
  packages: [
    'react',
    'react-dom',
    '@fluentui/react-components',
    '@fluentui/react-icons',
    '@tanstack/react-query',
    '@tanstack/react-router',
    'react-hook-form',
    '@hookform/resolvers',
    'zod',
  ],
} as const;
