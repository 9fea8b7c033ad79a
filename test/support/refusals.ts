import type { Event } from '../../src/events/event.ts';
import type { World } from './world.ts';

/** The events that refusals wrote, newest first; of one profile when given. */
export async function refusals(world: World, profileId?: string): Promise<readonly Event[]> {
  const { items } = await world.server.foundation.store.events.list(
    { subject: profileId === undefined ? null : { kind: 'profile', id: profileId }, types: ['enrollment.refused'] },
    { limit: 100, cursor: null },
  );
  return items;
}
