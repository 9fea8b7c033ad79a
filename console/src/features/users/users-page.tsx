/** Everybody that the directory knows; the details of one slide in from the side, with what they get on which device. */
import { Tab, TabList } from '@fluentui/react-components';
import { PeopleRegular } from '@fluentui/react-icons';
import { type ItemOf, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Explanations } from '../../ui/explanations.tsx';
import { Facts } from '../../ui/facts.tsx';
import { ImportLink } from '../../ui/import-link.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { useFilters } from '../../ui/use-filters.ts';

export { UsersPage as Page };

type Item = ItemOf<'GET /api/v1/users'>;

function UsersPage() {
  const text = useText();
  const words = text.users;
  const [filters, change] = useFilters();
  const open = filters['open'];
  const bringIn = useMay()('directory.write') && <ImportLink />;
  const columns: readonly Column<Item>[] = [
    {
      key: 'name',
      title: words.upn,
      width: 220,
      grow: 2,
      card: 'title',
      cell: ({ id, userPrincipalName }) => (
        <Link to={withQuery('/users', { ...filters, open: id })}>{userPrincipalName}</Link>
      ),
    },
    {
      key: 'display',
      title: words.displayName,
      width: 180,
      grow: 2,
      card: 'line',
      cell: ({ displayName }) => displayName,
    },
    { key: 'mail', title: words.mail, width: 200, grow: 2, cell: ({ emailAddress }) => emailAddress },
    { key: 'department', title: words.department, width: 130, card: 'line', cell: ({ department }) => department },
    { key: 'id', title: words.id, width: 150, extra: true, cell: ({ id }) => <Copyable value={id} what={words.id} /> },
  ];
  return (
    <Page title={words.title} description={words.description} fills actions={bringIn}>
      <DataList
        name="users"
        label={words.title}
        route="GET /api/v1/users"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ open: id })}
        search={words.search}
        empty={
          <EmptyState icon={<PeopleRegular />} title={words.empty} {...(bringIn && { action: bringIn })}>
            {words.emptyHint}
          </EmptyState>
        }
      />
      <SidePanel
        open={open !== undefined}
        title={words.one}
        onClose={() => change({ open: undefined, part: undefined })}
      >
        {open !== undefined && <UserDetails id={open} />}
      </SidePanel>
    </Page>
  );
}

function UserDetails({ id }: { readonly id: string }) {
  const text = useText();
  const words = text.users;
  const [{ part = 'profiles' }, change] = useFilters();
  const user = useRead('GET /api/v1/users/{user}', { path: { user: id } });
  const explained = useRead('GET /api/v1/users/{user}/explain', { path: { user: id } });
  return (
    <Loaded query={user}>
      {(found) => (
        <>
          <strong>{found.displayName ?? found.userPrincipalName}</strong>
          <div>
            <Link to={withQuery('/devices', { user: found.id })}>{words.devices}</Link>
            {' · '}
            <Link to={withQuery('/certificates', { user: found.id })}>{words.certificates}</Link>
          </div>
          <TabList
            selectedValue={part}
            onTabSelect={(_, { value }) => change({ part: value === 'profiles' ? undefined : String(value) })}
          >
            <Tab value="profiles">{words.profiles}</Tab>
            <Tab value="facts">{words.facts}</Tab>
          </TabList>
          {part === 'profiles' ? (
            <Loaded query={explained}>{({ items }) => <Explanations items={items} empty={words.noProfiles} />}</Loaded>
          ) : (
            <Facts
              facts={[
                [words.upn, found.userPrincipalName],
                [words.userName, found.userName],
                [words.displayName, found.displayName],
                [words.givenName, found.givenName],
                [words.surname, found.surname],
                [words.mail, found.emailAddress],
                [words.department, found.department],
                [words.samAccountName, found.onPremisesSamAccountName],
                [words.distinguishedName, found.onPremisesDistinguishedName],
                [words.onPremisesUpn, found.onPremisesUserPrincipalName],
                [words.securityIdentifier, found.onPremisesSecurityIdentifier],
                [words.entraObjectId, found.entraObjectId],
                [words.id, <Copyable key="id" value={found.id} what={words.id} />],
              ]}
            />
          )}
        </>
      )}
    </Loaded>
  );
}
