import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { Answer } from '../../api/call.ts';
import { useChange, usePages } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toasts.tsx';

type Profile = Answer<'GET /api/v1/profiles/{profile}'>;

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid' },
  entry: { padding: `${tokens.spacingVerticalS} 0`, borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  head: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'center' },
  grows: { flex: '1 1 200px' },
  changes: {
    margin: 0,
    paddingLeft: tokens.spacingHorizontalXL,
    overflowWrap: 'anywhere',
    fontSize: tokens.fontSizeBase200,
  },
});

/** All that became of it, newest first: each version can be made the newest again. */
export function ProfileHistory({ profile }: { readonly profile: Profile }) {
  const styles = useStyles();
  const text = useText();
  const words = text.profiles;
  const may = useMay();
  const path = { profile: profile.slug };
  const history = usePages('GET /api/v1/profiles/{profile}/history', { path } as never);
  const restore = useChange('POST /api/v1/profiles/{profile}/restore');
  const [asked, setAsked] = useState<number | null>(null);
  return (
    <>
      <Loaded query={history}>
        {({ pages }) => (
          <ol className={styles.list}>
            {pages.flatMap(({ items }) =>
              items.map(({ id, kind, version, restoredFrom, at, actor, changes }) => (
                <li key={id} className={styles.entry}>
                  <div className={styles.head}>
                    <strong>{words.version1(version)}</strong>
                    <span className={styles.grows}>
                      {words.historyKinds[kind]} {restoredFrom !== null && words.restoredFrom(restoredFrom)}
                      {' · '}
                      {actor.name}
                      {' · '}
                      <RelativeTime at={at} />
                    </span>
                    {kind === 'saved' && version !== profile.version && may('profiles.write') && (
                      <Button size="small" onClick={() => setAsked(version)}>
                        {words.restore}
                      </Button>
                    )}
                  </div>
                  {changes !== null && changes.length > 0 && (
                    <ul className={styles.changes}>
                      {changes.map(({ path: where, before, after, effect }) => (
                        <li key={where}>
                          {where}
                          {': '}
                          <del>{shown(before)}</del> <ins>{shown(after)}</ins> {words.effects[effect]}
                        </li>
                      ))}
                    </ul>
                  )}
                </li>
              )),
            )}
          </ol>
        )}
      </Loaded>
      {history.hasNextPage && (
        <div>
          <Button onClick={() => void history.fetchNextPage()}>{text.words.more}</Button>
        </div>
      )}
      <ConfirmDialog
        open={asked !== null}
        title={asked === null ? '' : words.restoreTitle(asked)}
        action={words.restore}
        onConfirm={async () => {
          if (asked !== null)
            await restore.mutateAsync({ path, body: { version: asked }, ifMatch: `"${profile.version}"` });
          tell(words.restored);
        }}
        onClose={() => setAsked(null)}
      >
        <Text>{words.restoreEffect}</Text>
      </ConfirmDialog>
    </>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
