import { makeStyles, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded } from '../../ui/page.tsx';

type Assignment = Answer<'GET /api/v1/profiles/{profile}/assignments'>['items'][number];

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

/** Whom a profile is for, and whom not. */
export function Targets({ profile }: { readonly profile: string }) {
  const styles = useStyles();
  const { profiles: words } = useText();
  const assignments = useRead('GET /api/v1/profiles/{profile}/assignments', { path: { profile } });
  return (
    <Loaded query={assignments}>
      {({ items }) =>
        items.length === 0 ? (
          <p>{words.notAssigned}</p>
        ) : (
          <ul className={styles.list}>
            {items.map((assignment) => (
              <li key={assignment.id}>
                {words.modes[assignment.mode]} <Target target={assignment.target} />
                {assignment.filter && words.filtered[assignment.filter.mode]}
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function Target({ target }: { readonly target: Assignment['target'] }) {
  const { profiles: words } = useText();
  const groupId = target.kind === 'group' ? target.groupId : '';
  const userId = target.kind === 'user' ? target.userId : '';
  const deviceId = target.kind === 'device' ? target.deviceId : '';
  const group = useRead('GET /api/v1/groups/{group}', { path: { group: groupId } }, { enabled: groupId !== '' });
  const user = useRead('GET /api/v1/users/{user}', { path: { user: userId } }, { enabled: userId !== '' });
  const device = useRead('GET /api/v1/devices/{device}', { path: { device: deviceId } }, { enabled: deviceId !== '' });
  if (groupId !== '') return <Link to={withQuery('/groups', { open: groupId })}>{group.data?.name ?? groupId}</Link>;
  if (userId !== '')
    return <Link to={withQuery('/users', { open: userId })}>{user.data?.userPrincipalName ?? userId}</Link>;
  if (deviceId !== '')
    return <Link to={`/devices/${encodeURIComponent(deviceId)}`}>{device.data?.deviceName ?? deviceId}</Link>;
  return <>{target.kind === 'allUsers' ? words.allUsers : words.allDevices}</>;
}
