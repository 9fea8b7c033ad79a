import { useEffect } from 'react';
import { followEvents } from '../api/live.ts';
import { useMay } from '../api/session.ts';

/** Keeps what is shown as the server has it, while somebody is signed in who may read events. */
export function useLiveUpdates(signedIn: boolean): void {
  const may = useMay();
  const wanted = signedIn && may('events.read');
  useEffect(() => (wanted ? followEvents() : undefined), [wanted]);
}
