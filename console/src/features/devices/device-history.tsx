import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { usePages } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid' },
  line: {
    display: 'grid',
    gridTemplateColumns: 'minmax(90px, 140px) minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  side: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere' },
});

/** All that happened to a device, newest first. */
export function DeviceHistory({ id }: { readonly id: string }) {
  const styles = useStyles();
  const text = useText();
  const pages = usePages('GET /api/v1/devices/{device}/timeline', { path: { device: id } } as never);
  return (
    <Loaded query={pages}>
      {({ pages: loaded }) => (
        <>
          <ol className={styles.list}>
            {loaded.flatMap(({ items }) =>
              items.map((entry) => {
                const { at, profile } = entry;
                const happened = entry.kind === 'event' ? entry.event : null;
                const request = entry.kind === 'scep' ? entry.transaction : null;
                return (
                  <li key={happened?.id ?? request?.id} className={styles.line}>
                    <span className={styles.side}>
                      <RelativeTime at={at} />
                    </span>
                    <span>
                      {happened && text.audit.type(happened.type)}
                      {request && text.devices.scep(request.operation, request.outcome)}
                      <span className={styles.side}>
                        {' '}
                        {[profile, happened?.cause.actor.name, request?.reason, request?.clientAddress]
                          .filter(Boolean)
                          .join(' · ')}
                      </span>{' '}
                      {request?.certificateId && (
                        <Link to={withQuery('/certificates', { open: request.certificateId, part: 'timeline' })}>
                          {text.certificates.one}
                        </Link>
                      )}
                    </span>
                  </li>
                );
              }),
            )}
          </ol>
          {pages.hasNextPage && (
            <div>
              <Button disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {text.words.more}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
