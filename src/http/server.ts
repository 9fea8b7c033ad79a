/**
 * The HTTP server: Fastify for routes, our own listeners beneath it (plain and TLS share the routes). Here stands what
 * holds for every route: it declares its permission, has a request id, answers failures as problem documents, and is
 * logged without query or credentials.
 */
import type { RequestListener } from 'node:http';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify';
import { type Permission, permissions } from '../access/permission.ts';
import { agentPaths } from '../formats/agent/protocol.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Traffic } from '../lib/traffic.ts';
import { type Listener, type ListenerOptions, openListener } from './listener.ts';
import { type Problem, problem, problemContentType, problemOf, setRetryAfter } from './problem.ts';
import { type RouteTable, routeTable } from './route-table.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route demands; a route without one cannot be registered. */
    permission?: Permission;
  }
}

/** One answered request. `path` has no query: that may hold secrets. */
export type RequestLogEntry = {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** The pattern that the path has met, such as `/api/v1/users/:user`; null: none. */
  readonly route: string | null;
  readonly status: number;
  /** Code of what went wrong; null when nothing did. A SCEP failure is answered with status 200. */
  readonly reason: string | null;
  readonly clientAddress: string;
  /** Milliseconds. */
  readonly duration: number;
};

const reasons = new WeakMap<FastifyRequest, string>();

/** Why a request fails, for its line in the log: a stable code. */
export function noteReason(request: FastifyRequest, code: string): void {
  reasons.set(request, code);
}

export type HttpLog = {
  request(entry: RequestLogEntry): void;
  /** A request that failed by a bug of ours or a broken environment. */
  error(requestId: string, error: unknown): void;
};

/**
 * Lets the request pass or throws a `Failure` (`unauthenticated`, `forbidden`). Asked before the body is read, for every
 * route that is not `public`.
 */
export type Authorize = (
  permission: Exclude<Permission, 'public'>,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<void>;

export type ServerOptions = {
  readonly clock: Clock;
  readonly log: HttpLog | null;
  /** Addresses or networks whose X-Forwarded-For and -Proto count. */
  readonly trustedProxies: readonly string[];
  /** Absent: only public routes can be registered. */
  readonly authorize?: Authorize;
  /** Told of every request but those that wait for news: they are nobody's haste. */
  readonly traffic?: Pick<Traffic, 'begin'>;
  /** Adds routes: `registerScepRoutes(app, …)` and its like. */
  readonly routes: AddRoutes;
  /** More of them, all below one path, that are read when somebody first asks for what lies there. */
  readonly later?: LaterRoutes;
  /** Asked for addresses whose first segment no route has; answers false when it has nothing either. */
  readonly pages?: Pages;
};

export type Pages = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

type AddRoutes = (app: FastifyInstance) => void;

export type LaterRoutes = {
  /** `/api`: what is there and below. */
  readonly path: string;
  readonly load: () => Promise<AddRoutes>;
};

/** What answers at an address, and what it demands. */
export type ServedRoute = { readonly method: string; readonly url: string; readonly permission: Permission };

export type HttpServer = {
  readonly app: FastifyInstance;
  /** Those of `later` too, which are read for that. */
  routes(): Promise<readonly ServedRoute[]>;
  listen(options: ListenerOptions): Promise<Listener>;
  /** Graceful: within `grace` milliseconds (default 7 s, of the 10 that a stop may take) requests under way finish, then all is closed. */
  stop(grace?: number): Promise<void>;
};

/** Bytes. Bodies of routes that need more say so themselves. */
const bodyLimit = 256 * 1024;

export async function createServer(options: ServerOptions): Promise<HttpServer> {
  const stop = { asked: false };
  const first = await router(options, options.routes, stop);
  const { later } = options;
  let second: Promise<Router> | undefined;
  const laterRouter = async ({ load }: LaterRoutes) => {
    second ??= load().then((routes) => router(options, routes, stop));
    try {
      return await second;
    } catch (error) {
      second = undefined;
      throw error;
    }
  };
  const serve: RequestListener = (request, response) => {
    if (options.traffic !== undefined && !waitsForNews(request.url)) response.once('close', options.traffic.begin());
    if (later === undefined || !isWithin(request.url, later.path)) return first.app.routing(request, response);
    laterRouter(later).then(
      ({ app }) => app.routing(request, response),
      (error: unknown) => {
        options.log?.error(newId(options.clock), error);
        response.writeHead(503, { 'retry-after': '5', connection: 'close' }).end();
      },
    );
  };

  const listeners: Listener[] = [];
  return {
    app: first.app,
    routes: async () => [...first.routes, ...(later === undefined ? [] : (await laterRouter(later)).routes)],
    async listen(where) {
      const listener = await openListener(where, serve);
      listeners.push(listener);
      return listener;
    },
    async stop(grace = 7000) {
      stop.asked = true;
      await Promise.all(listeners.map((listener) => listener.stop(grace)));
      const loaded = await second?.catch(() => undefined);
      await Promise.all([first.app.close(), loaded?.app.close()]);
    },
  };
}

/** Held for minutes, and nobody's haste. */
function waitsForNews(url: string | undefined): boolean {
  return isWithin(url, agentPaths.wake) || isWithin(url, '/api/v1/events/stream');
}

function isWithin(url: string | undefined, path: string): boolean {
  if (url === undefined || !url.startsWith(path)) return false;
  const next = url[path.length];
  return next === undefined || next === '/' || next === '?';
}

type Router = { readonly app: FastifyInstance; readonly routes: readonly ServedRoute[] };

async function router(options: ServerOptions, add: AddRoutes, stop: { readonly asked: boolean }): Promise<Router> {
  const table = routeTable();
  const routes: ServedRoute[] = [];
  const app: FastifyInstance = Fastify({
    logger: false,
    genReqId: () => newId(options.clock),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => answerFailure(options.log, error, request, reply),
  });
  app.addHook('onRoute', (route) => {
    const permission = checkRoute(route, options, table);
    for (const method of [route.method].flat()) routes.push({ method, url: route.url, permission });
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (stop.asked) reply.header('connection', 'close');
    done();
  });
  const { log, authorize } = options;
  if (log !== null) app.addHook('onResponse', (request, reply, done) => logResponse(log, request, reply, done));
  if (authorize !== undefined)
    app.addHook('onRequest', (request, reply, done) => permit(authorize, request, reply, done));
  app.setErrorHandler((error: FastifyError, request, reply) => answerFailure(log, error, request, reply));
  app.setNotFoundHandler(async (request, reply) => {
    const path = pathOf(request);
    const owned = table.ownsFirstSegmentOf(path) || isWithin(path, options.later?.path ?? '/api');
    if (!owned && (await options.pages?.(request, reply))) return reply;
    return answerUnknown(table, request, reply);
  });
  add(app);
  await app.ready();
  return { app, routes };
}

function checkRoute(route: RouteOptions, options: ServerOptions, table: RouteTable): Permission {
  const methods = [route.method].flat();
  table.add(route.url, methods);
  const permission = route.config?.permission;
  const name = `${methods.join('/')} ${route.url}`;
  if (permission === undefined || !permissions.includes(permission))
    throw new Error(`The route ${name} does not declare its permission (config.permission).`);
  if (permission !== 'public' && options.authorize === undefined)
    throw new Error(`The route ${name} demands ${permission}, and this server was given nobody to check it.`);
  return permission;
}

function permit(
  authorize: Authorize,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const permission = request.routeOptions.config?.permission;
  // No permission: no route has matched, and the answer will be "not found".
  if (permission === undefined || permission === 'public') done();
  else authorize(permission, request, reply).then(() => done(), done);
}

function answerFailure(log: HttpLog | null, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const document = wasCutOff(request)
    ? problem(400, 'request-cut-off', 'The connection ended before the request was whole.', request.id)
    : problemOf(error, request.id, request.routeOptions.bodyLimit);
  if (document.status >= 500) log?.error(request.id, error);
  sendProblem(reply, document);
}

/** The client left in the middle of its body, or was too slow with it: nobody hears the answer, and nothing of ours failed. */
function wasCutOff({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function answerUnknown(table: RouteTable, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request);
  const methods = table.methodsFor(path);
  if (methods.length === 0)
    sendProblem(reply, problem(404, 'not-found', 'There is nothing at this address.', request.id));
  else {
    reply.header('allow', methods.join(', '));
    sendProblem(
      reply,
      problem(405, 'method-not-allowed', `This address takes ${methods.join(', ')}.`, request.id, { methods }),
    );
  }
  return reply;
}

/** Sends any problem document. */
export function sendProblem(reply: FastifyReply, document: Problem): void {
  noteReason(reply.request, document.code);
  setRetryAfter(reply, document.status, document.params);
  reply.code(document.status).header('content-type', problemContentType).send(JSON.stringify(document));
}

function logResponse(log: HttpLog, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  log.request({
    requestId: request.id,
    method: request.method,
    path: pathOf(request),
    route: request.routeOptions.url ?? null,
    status: reply.statusCode,
    reason: reasons.get(request) ?? null,
    clientAddress: request.ip,
    duration: reply.elapsedTime,
  });
  done();
}

function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
