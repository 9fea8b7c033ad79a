import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ItemOf } from '../../api/queries.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Loaded } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { tell, tellProblem } from '../../ui/toasts.tsx';

type Session = ItemOf<'GET /api/v1/me/sessions'>;

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  item: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  what: { flex: '1 1 260px', minWidth: 0 },
  browser: { overflowWrap: 'anywhere', color: tokens.colorNeutralForeground3 },
});

export function SessionsSection({ current }: { readonly current: string }) {
  const styles = useStyles();
  const text = useText();
  const sessions = useRead('GET /api/v1/me/sessions');
  const endOthers = useChange('DELETE /api/v1/me/sessions');
  const endAll = () =>
    endOthers.mutateAsync({}).then(({ answer }) => tell(text.account.ended(answer.ended)), tellProblem);
  return (
    <Section
      title={text.account.sessions}
      actions={
        <Button size="small" onClick={() => void endAll()}>
          {text.account.endOthers}
        </Button>
      }
    >
      <Text>{text.account.sessionsHint}</Text>
      <Loaded query={sessions}>
        {({ items }) => (
          <ul className={styles.list}>
            {items.map((session) => (
              <SessionItem key={session.id} session={session} current={session.id === current} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function SessionItem({ session, current }: { readonly session: Session; readonly current: boolean }) {
  const styles = useStyles();
  const text = useText();
  const end = useChange('DELETE /api/v1/me/sessions/{session}');
  const { id, method, address, userAgent, createdAt, lastSeenAt } = session;
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <Text block weight="semibold">
          {address}
          {' · '}
          {text.account.methods[method]}
        </Text>
        <Text block size={200}>
          {text.account.begun} <RelativeTime at={createdAt} />
          {' · '}
          {text.account.seen} <RelativeTime at={lastSeenAt} />
        </Text>
        <Text block size={200} className={styles.browser}>
          {userAgent}
        </Text>
      </div>
      {current ? (
        <StatusBadge tone="good">{text.account.thisSession}</StatusBadge>
      ) : (
        <Button
          size="small"
          aria-label={`${text.account.endSession}: ${address}`}
          onClick={() => void end.mutateAsync({ path: { session: id } }).catch(tellProblem)}
        >
          {text.account.endSession}
        </Button>
      )}
    </li>
  );
}
