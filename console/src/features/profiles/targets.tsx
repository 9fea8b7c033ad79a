import { useRead } from '../../api/queries.ts';
import { Loaded } from '../../ui/page.tsx';
import { AssignmentList } from './assignment-list.tsx';

/** Whom a profile is for, and whom not. */
export function Targets({ profile }: { readonly profile: string }) {
  const assignments = useRead('GET /api/v1/profiles/{profile}/assignments', { path: { profile } });
  return <Loaded query={assignments}>{({ items }) => <AssignmentList lines={items} />}</Loaded>;
}
