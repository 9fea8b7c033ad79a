import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Link, withQuery } from '../../ui/link.tsx';
import type { AssignmentTarget } from './assignment-lines.ts';

/** Whom an assignment names; the id while the name is not known, or when it is gone. */
export function useTargetName(target: AssignmentTarget): string {
  const { assignments: words } = useText();
  const groupId = target.kind === 'group' ? target.groupId : '';
  const userId = target.kind === 'user' ? target.userId : '';
  const deviceId = target.kind === 'device' ? target.deviceId : '';
  const group = useRead('GET /api/v1/groups/{group}', { path: { group: groupId } }, { enabled: groupId !== '' });
  const user = useRead('GET /api/v1/users/{user}', { path: { user: userId } }, { enabled: userId !== '' });
  const device = useRead('GET /api/v1/devices/{device}', { path: { device: deviceId } }, { enabled: deviceId !== '' });
  switch (target.kind) {
    case 'group':
      return group.data?.name ?? groupId;
    case 'user':
      return user.data?.userPrincipalName ?? userId;
    case 'device':
      return device.data?.deviceName ?? deviceId;
    default:
      return words.everybody[target.kind];
  }
}

/** The same with the way to it. */
export function TargetName({ target }: { readonly target: AssignmentTarget }) {
  const name = useTargetName(target);
  const to = pageOf(target);
  return to === null ? (
    name
  ) : (
    <Link to={to}>
      <bdi>{name}</bdi>
    </Link>
  );
}

function pageOf(target: AssignmentTarget): string | null {
  switch (target.kind) {
    case 'group':
      return withQuery('/groups', { open: target.groupId });
    case 'user':
      return withQuery('/users', { open: target.userId });
    case 'device':
      return `/devices/${encodeURIComponent(target.deviceId)}`;
    default:
      return null;
  }
}
