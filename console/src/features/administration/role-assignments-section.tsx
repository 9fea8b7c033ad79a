import { Button } from '@fluentui/react-components';
import { AddRegular, DeleteRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { type ItemOf, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ChecksField, ChoiceField, TextField } from '../../ui/form-fields.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toasts.tsx';
import { everywhere, ScopeFields, scopeOf } from './scope-fields.tsx';

type Assignment = ItemOf<'GET /api/v1/role-assignments'>;

export function RoleAssignmentsSection() {
  const text = useText();
  const words = text.administration;
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Assignment>();
  const remove = useChange('DELETE /api/v1/role-assignments/{assignment}');
  const nameOf = useMemberNames();
  const tags = useRead('GET /api/v1/scope-tags', { query: { limit: 200 } }, { enabled: may('settings.read') });
  const tagName = (id: string) => tags.data?.items.find((tag) => tag.id === id)?.name ?? id;
  const writes = may('roles.manage');
  const columns: readonly Column<Assignment>[] = [
    { key: 'role', title: words.role, width: 180, card: 'title', cell: ({ roleName, roleId }) => roleName ?? roleId },
    {
      key: 'members',
      title: words.members,
      width: 220,
      grow: 2,
      card: 'line',
      cell: ({ members }) => members.map(nameOf).join(', '),
    },
    {
      key: 'tags',
      title: words.sections.scopeTags,
      width: 150,
      cell: ({ scope }) => (scope.scopeTags === 'all' ? text.list.all : scope.scopeTags.map(tagName).join(', ')),
    },
    {
      key: 'groups',
      title: words.scopeGroups,
      width: 130,
      cell: ({ scope }) => (scope.scopeGroups === 'all' ? text.list.all : scope.scopeGroups.length),
    },
    {
      key: 'created',
      title: text.words.created,
      width: 130,
      extra: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    ...(writes
      ? [
          {
            key: 'remove',
            title: text.words.actions,
            width: 90,
            grow: 0,
            card: 'end' as const,
            cell: (assignment: Assignment) => (
              <Button
                appearance="subtle"
                icon={<DeleteRegular />}
                aria-label={`${words.takeAway}: ${assignment.roleName ?? ''}`}
                onClick={() => setRemoved(assignment)}
              />
            ),
          },
        ]
      : []),
  ];
  const add = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
      {words.giveRole}
    </Button>
  );
  return (
    <>
      <DataList
        name="role-assignments"
        label={words.sections.assignments}
        route="GET /api/v1/role-assignments"
        columns={columns}
        rowKey={({ id }) => id}
        tools={writes && add}
        empty={
          <EmptyState title={words.noAssignments} action={writes ? add : undefined}>
            {words.noAssignmentsHint}
          </EmptyState>
        }
      />
      {adding && <AddAssignment onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={removed !== undefined}
        title={words.takeAwayTitle(removed?.roleName ?? '')}
        action={words.takeAway}
        onClose={() => setRemoved(undefined)}
        onConfirm={async () => {
          if (removed !== undefined) await remove.mutateAsync({ path: { assignment: removed.id } });
          tell(text.words.deleted);
        }}
      >
        {words.takeAwayExplain(removed?.members.map(nameOf).join(', ') ?? '')}
      </ConfirmDialog>
    </>
  );
}

function useMemberNames(): (member: Assignment['members'][number]) => string {
  const text = useText();
  const administrators = useRead('GET /api/v1/administrators');
  return (member) =>
    member.kind === 'oidcGroup'
      ? text.administration.groupOf(member.value, member.providerName ?? '')
      : (administrators.data?.items.find(({ id }) => id === member.id)?.name ?? member.id);
}

function AddAssignment({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const words = text.administration;
  const roles = useRead('GET /api/v1/roles');
  const administrators = useRead('GET /api/v1/administrators');
  const providers = useRead('GET /api/v1/identity-providers');
  const all = providers.data?.items ?? [];
  const only = all.length === 1 ? all[0] : undefined;
  const add = useChange('POST /api/v1/role-assignments');
  const form = useForm({
    defaultValues: { role: '', administrators: [] as string[], provider: '', group: '', ...everywhere },
  });
  const submit = form.handleSubmit(async ({ role, administrators: ids, provider, group, ...scope }) => {
    const named = provider || only?.id;
    const members = [
      ...ids.map((id) => ({ kind: 'administrator' as const, id })),
      ...(group.trim() === ''
        ? []
        : [{ kind: 'oidcGroup' as const, value: group.trim(), ...(named && { provider: named }) }]),
    ];
    await add.mutateAsync({ body: { role, members, ...scopeOf(scope) } });
    tell(text.words.saved);
    onClose();
  });
  return (
    <EditPanel open title={words.giveRole} busy={add.isPending} error={add.error} onSubmit={submit} onClose={onClose}>
      <ChoiceField
        control={form.control}
        name="role"
        label={words.role}
        required
        empty=""
        choices={(roles.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name }))}
      />
      <ChecksField
        control={form.control}
        name="administrators"
        label={words.sections.administrators}
        choices={(administrators.data?.items ?? []).map(({ id, name, signInName }) => ({
          value: id,
          title: `${name} (${signInName})`,
        }))}
      />
      {all.length > 1 && (
        <ChoiceField
          control={form.control}
          name="provider"
          label={words.identityProvider}
          empty=""
          choices={all.map(({ id, name }) => ({ value: id, title: name }))}
        />
      )}
      {all.length > 0 && (
        <TextField
          control={form.control}
          name="group"
          label={words.oidcGroup(only?.name ?? '')}
          hint={words.oidcGroupHint}
        />
      )}
      <ScopeFields control={form.control} />
    </EditPanel>
  );
}
