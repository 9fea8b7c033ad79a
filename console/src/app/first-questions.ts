/**
 * What every page needs first is asked for while the browser still fetches and reads the console's code: the page names the
 * file that this becomes before all others (`build.ts`), so it imports hardly anything.
 */
import { askEarly } from '../api/early.ts';

askEarly('/api/v1/me');
// The first page of the morning: as `overview-page.tsx` asks for it.
if (location.pathname === '/') {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  askEarly(`/api/v1/reports/overview?${new URLSearchParams({ days: '30', timeZone })}`);
}
