/** Pick a user or a device: what should be there, what is, and the difference explained. */
import { Field, makeStyles, Radio, RadioGroup, SearchBox, tokens } from '@fluentui/react-components';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Explanations } from '../../ui/explanations.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { useFilters } from '../../ui/use-filters.ts';

export { TroubleshootPage as Page };

const useStyles = makeStyles({
  pick: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalL, alignItems: 'end' },
  search: { flex: '1 1 240px', maxWidth: '480px' },
  found: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXS },
});

function TroubleshootPage() {
  const styles = useStyles();
  const text = useText();
  const words = text.troubleshoot;
  const [{ kind = 'user', search = '', of }, change] = useFilters();
  return (
    <Page title={words.title} description={words.description}>
      <div className={styles.pick}>
        <Field label={words.kind}>
          <RadioGroup
            layout="horizontal"
            value={kind}
            onChange={(_, { value }) =>
              change({ kind: value === 'user' ? undefined : value, of: undefined, search: undefined })
            }
          >
            <Radio value="user" label={words.kinds.user} />
            <Radio value="device" label={words.kinds.device} />
          </RadioGroup>
        </Field>
        <Field label={words.who} className={styles.search}>
          <SearchBox
            value={search}
            onChange={(_, { value }) => change({ search: value, of: undefined }, { replace: true })}
          />
        </Field>
      </div>
      {of === undefined && search.trim() === '' && <EmptyState title={words.pick} />}
      {of === undefined && search.trim() !== '' && (kind === 'user' ? <FoundUsers /> : <FoundDevices />)}
      {of !== undefined && (kind === 'user' ? <ExplainUser id={of} /> : <ExplainDevice id={of} />)}
    </Page>
  );
}

const few = 12;

function FoundUsers() {
  const [{ search = '' }] = useFilters();
  const found = useRead('GET /api/v1/users', { query: { search, limit: few } }, { keep: true });
  return (
    <Loaded query={found}>
      {({ items }) => (
        <Found
          items={items.map(({ id, userPrincipalName, displayName }) => ({
            id,
            name: userPrincipalName,
            more: displayName,
          }))}
        />
      )}
    </Loaded>
  );
}

function FoundDevices() {
  const text = useText();
  const [{ search = '' }] = useFilters();
  const found = useRead('GET /api/v1/devices', { query: { search, limit: few } }, { keep: true });
  return (
    <Loaded query={found}>
      {({ items }) => (
        <Found
          items={items.map(({ id, deviceName, platform }) => ({
            id,
            name: deviceName,
            more: text.platforms[platform],
          }))}
        />
      )}
    </Loaded>
  );
}

function Found({ items }: { readonly items: readonly { id: string; name: string; more: string | null }[] }) {
  const styles = useStyles();
  const text = useText();
  const [filters] = useFilters();
  if (items.length === 0) return <EmptyState title={text.list.none} />;
  return (
    <ul className={styles.found}>
      {items.map(({ id, name, more }) => (
        <li key={id}>
          <Link to={withQuery('/troubleshoot', { ...filters, of: id })}>{name}</Link> {more}
        </li>
      ))}
    </ul>
  );
}

function ExplainUser({ id }: { readonly id: string }) {
  const { troubleshoot: words } = useText();
  const user = useRead('GET /api/v1/users/{user}', { path: { user: id } });
  const explained = useRead('GET /api/v1/users/{user}/explain', { path: { user: id } });
  return (
    <>
      <h2>{user.data?.displayName ?? user.data?.userPrincipalName}</h2>
      <Loaded query={explained}>{({ items }) => <Explanations items={items} empty={words.nothing} />}</Loaded>
    </>
  );
}

function ExplainDevice({ id }: { readonly id: string }) {
  const { troubleshoot: words } = useText();
  const device = useRead('GET /api/v1/devices/{device}', { path: { device: id } });
  const explained = useRead('GET /api/v1/devices/{device}/explain', { path: { device: id } });
  return (
    <>
      <h2>
        <Link to={`/devices/${encodeURIComponent(id)}`}>{device.data?.deviceName}</Link>
      </h2>
      <Loaded query={explained}>
        {({ items }) => <Explanations items={items.map((item) => ({ ...item, device: null }))} empty={words.nothing} />}
      </Loaded>
    </>
  );
}
