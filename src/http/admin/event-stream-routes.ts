/** `/api/v1/events/stream`: that something has happened, as it happens, for pages to read anew what they show. */
import { PassThrough } from 'node:stream';
import { viewerNow, viewing } from '../../access/viewing.ts';
import type { Event } from '../../events/event.ts';
import type { LiveEvents } from '../../events/live-events.ts';
import { minute, second } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented, fileResponse } from './documented.ts';

export type EventStreamUseCases = {
  readonly liveEvents: Pick<LiveEvents, 'follow'>;
  /** Those of them that whoever looks may see. */
  readonly seen: (events: readonly Event[]) => Promise<readonly Event[]>;
};

/** Below what proxies cut. */
const heartbeat = 20 * second;
/** Then the client connects anew, and is asked again who it is. */
const longest = 10 * minute;
/** Milliseconds until clients connect again. */
const retry = 2000;

export function registerEventStreamRoutes(scope: AdminScope, useCases: EventStreamUseCases): void {
  scope.get(
    '/events/stream',
    documented(
      {
        permission: 'events.read',
        tag: 'events',
        summary: 'Follow events as they are committed',
        detail:
          'Server-sent events: `event` with `{"type": …}` alone, so that nobody learns more than that what they may read is worth reading again; `reset` when more has happened than is told. Ends after ten minutes; `Last-Event-ID` goes on where it ended. 503 when too many follow.',
      },
      { response: { 200: fileResponse('A stream of events', 'text/event-stream') } },
    ),
    async (request, reply) => {
      const { 'last-event-id': from } = request.headers;
      const stream = new PassThrough();
      const viewer = viewerNow();
      let told = Promise.resolve();
      const stop = await useCases.liveEvents.follow(typeof from === 'string' ? from : null, {
        onEvents: (events, position) => {
          // A reader that does not read is cut off, not written for.
          if (stream.writableNeedDrain) return void stream.end();
          const seen = viewing(viewer, () => useCases.seen(events));
          told = told.then(async () => {
            for (const type of new Set((await seen).map(({ type }) => type)))
              if (stream.writable) stream.write(`id: ${position}\nevent: event\ndata: ${JSON.stringify({ type })}\n\n`);
          });
          told.catch(() => stream.end());
        },
        onReset: (position) => void stream.write(`id: ${position}\nevent: reset\ndata: {}\n\n`),
        onEnd: () => void stream.end(),
      });
      if (stop === null)
        throw new Failure(
          'unavailable',
          'too-many-followers',
          'Too many follow the events already. Try again in a minute; lists can be read anew meanwhile.',
          { retryAfter: 60 },
        );
      const beat = setInterval(() => stream.write(': still here\n\n'), heartbeat);
      const end = setTimeout(() => stream.end(), longest);
      const leave = () => {
        clearInterval(beat);
        clearTimeout(end);
        stop();
        stream.destroy();
      };
      request.raw.once('close', leave);
      stream.once('close', leave);
      stream.write(`retry: ${retry}\n\n`);
      return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
    },
  );
}
