/** Groups of users and of devices: who is in them. */
import { Button, Field, Input, makeStyles, Select, tokens } from '@fluentui/react-components';
import { AddRegular, PeopleTeamRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { Input as InputOf } from '../../api/call.ts';
import { type ItemOf, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { RadioField, TextAreaField, TextField } from '../../ui/form-fields.tsx';
import { ImportLink } from '../../ui/import-link.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useFilters } from '../../ui/use-filters.ts';

export { GroupsPage as Page };

type Item = ItemOf<'GET /api/v1/groups'>;

const useStyles = makeStyles({
  form: { display: 'grid', gap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'end' },
  grows: { flex: '1 1 160px' },
  members: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid' },
  member: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    justifyContent: 'space-between',
    padding: `${tokens.spacingVerticalXS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    overflowWrap: 'anywhere',
  },
});

function GroupsPage() {
  const text = useText();
  const words = text.groups;
  const may = useMay();
  const [filters, change] = useFilters();
  const [adding, setAdding] = useState(false);
  const open = filters['open'];
  const columns: readonly Column<Item>[] = [
    {
      key: 'name',
      title: text.words.name,
      width: 220,
      grow: 2,
      card: 'title',
      cell: ({ id, name }) => <Link to={withQuery('/groups', { ...filters, open: id })}>{name}</Link>,
    },
    { key: 'kind', title: words.kind, width: 110, grow: 0, card: 'line', cell: ({ kind }) => words.kinds[kind] },
    {
      key: 'description',
      title: text.words.description,
      width: 240,
      grow: 3,
      card: 'line',
      cell: ({ description }) => description,
    },
    { key: 'id', title: words.id, width: 150, extra: true, cell: ({ id }) => <Copyable value={id} what={words.id} /> },
  ];
  const add = may('directory.write') && (
    <>
      <ImportLink />
      <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
        {words.add}
      </Button>
    </>
  );
  return (
    <Page title={words.title} description={words.description} fills actions={add}>
      <DataList
        name="groups"
        label={words.title}
        route="GET /api/v1/groups"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ open: id })}
        search={words.search}
        empty={
          <EmptyState icon={<PeopleTeamRegular />} title={words.empty} {...(add && { action: add })}>
            {words.emptyHint}
          </EmptyState>
        }
      />
      <SidePanel open={adding} title={words.add} onClose={() => setAdding(false)}>
        {adding && (
          <AddGroup
            onDone={(id) => {
              setAdding(false);
              change({ open: id });
            }}
          />
        )}
      </SidePanel>
      <SidePanel open={open !== undefined} title={words.one} onClose={() => change({ open: undefined })}>
        {open !== undefined && <GroupDetails id={open} />}
      </SidePanel>
    </Page>
  );
}

type Values = { name: string; kind: 'user' | 'device'; description: string };

function AddGroup({ onDone }: { readonly onDone: (id: string) => void }) {
  const styles = useStyles();
  const text = useText();
  const words = text.groups;
  const create = useChange('POST /api/v1/groups');
  const form = useForm<Values>({ defaultValues: { name: '', kind: 'user', description: '' } });
  const save = form.handleSubmit(async (values) => {
    try {
      const { answer } = await create.mutateAsync({ body: values });
      onDone(answer.id);
    } catch (error) {
      applyFaults(form, error);
    }
  });
  return (
    <form className={styles.form} onSubmit={(event) => void save(event)}>
      <ProblemBar error={create.error} />
      <TextField control={form.control} name="name" label={text.words.name} required />
      <RadioField
        control={form.control}
        name="kind"
        label={words.kind}
        choices={(['user', 'device'] as const).map((value) => ({ value, title: words.kinds[value] }))}
      />
      <TextAreaField control={form.control} name="description" label={text.words.description} />
      <div>
        <Button appearance="primary" type="submit" disabled={create.isPending}>
          {text.words.add}
        </Button>
      </div>
    </form>
  );
}

type Kind = 'user' | 'device' | 'group';

function GroupDetails({ id }: { readonly id: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.groups;
  const may = useMay();
  const group = useRead('GET /api/v1/groups/{group}', { path: { group: id } });
  const members = useRead('GET /api/v1/groups/{group}/members', { path: { group: id } });
  const edit = useChange('POST /api/v1/groups/{group}/members');
  const [kind, setKind] = useState<Kind | null>(null);
  const [member, setMember] = useState('');
  const change = async (body: InputOf<'POST /api/v1/groups/{group}/members'>['body']) => {
    const { answer } = await edit.mutateAsync({ path: { group: id }, body });
    tell(words.changed(answer.changed));
    setMember('');
  };
  return (
    <Loaded query={group}>
      {(found) => (
        <>
          <strong>{found.name}</strong>
          <Facts
            facts={[
              [words.kind, words.kinds[found.kind]],
              [text.words.description, found.description || null],
              [words.id, <Copyable key="id" value={found.id} what={words.id} />],
            ]}
          />
          <ProblemBar error={edit.error} />
          {may('directory.write') && (
            <form
              className={styles.row}
              onSubmit={(event) => {
                event.preventDefault();
                void change({ add: [{ kind: kind ?? found.kind, member }] }).catch(() => {});
              }}
            >
              <Field label={words.memberKind}>
                <Select value={kind ?? found.kind} onChange={(_, { value }) => setKind(value as Kind)}>
                  {([found.kind, 'group'] as const).map((each) => (
                    <option key={each} value={each}>
                      {words.memberKinds[each]}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label={words.memberName} className={styles.grows}>
                <Input value={member} autoComplete="off" onChange={(_, { value }) => setMember(value)} />
              </Field>
              <Button type="submit" disabled={member === '' || edit.isPending}>
                {text.words.add}
              </Button>
            </form>
          )}
          <Loaded query={members}>
            {({ items }) => (
              <ul className={styles.members} aria-label={words.members}>
                {items.map((each) => (
                  <li key={`${each.kind} ${each.id}`} className={styles.member}>
                    <MemberLink kind={each.kind} id={each.id} />
                    {may('directory.write') && (
                      <Button
                        size="small"
                        appearance="subtle"
                        disabled={edit.isPending}
                        onClick={() => void change({ remove: [{ kind: each.kind, member: each.id }] }).catch(() => {})}
                      >
                        {words.takeOut}
                      </Button>
                    )}
                  </li>
                ))}
                {items.length === 0 && <li>{words.noMembers}</li>}
              </ul>
            )}
          </Loaded>
        </>
      )}
    </Loaded>
  );
}

function MemberLink({ kind, id }: { readonly kind: Kind; readonly id: string }) {
  const { groups: words } = useText();
  const user = useRead('GET /api/v1/users/{user}', { path: { user: id } }, { enabled: kind === 'user' });
  const device = useRead('GET /api/v1/devices/{device}', { path: { device: id } }, { enabled: kind === 'device' });
  const group = useRead('GET /api/v1/groups/{group}', { path: { group: id } }, { enabled: kind === 'group' });
  const name = user.data?.userPrincipalName ?? device.data?.deviceName ?? group.data?.name ?? id;
  const to =
    kind === 'device'
      ? `/devices/${encodeURIComponent(id)}`
      : withQuery(kind === 'user' ? '/users' : '/groups', { open: id });
  return (
    <span>
      {words.memberKinds[kind]} <Link to={to}>{name}</Link>
    </span>
  );
}
