import { Button, Text } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { exchange } from '../../api/call.ts';
import { type ItemOf, useChange } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { ChecksField, TextAreaField, TextField } from '../../ui/form-fields.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useConflict } from '../../ui/use-conflict.tsx';
import { type GrantedPermission, usePermissions } from './permissions.ts';

type Role = ItemOf<'GET /api/v1/roles'>;

export function RolesSection() {
  const text = useText();
  const words = text.administration;
  const may = useMay();
  const [shown, setShown] = useState<Role | 'new'>();
  const columns: readonly Column<Role>[] = [
    { key: 'name', title: text.words.name, width: 200, card: 'title', opens: () => true, cell: ({ name }) => name },
    {
      key: 'description',
      title: text.words.description,
      width: 260,
      grow: 2,
      card: 'line',
      cell: ({ description }) => description,
    },
    {
      key: 'permissions',
      title: text.account.permissions,
      width: 110,
      grow: 0,
      cell: ({ permissions }) => permissions.length,
    },
    {
      key: 'kind',
      title: words.kind,
      width: 110,
      grow: 0,
      card: 'end',
      cell: ({ builtIn }) => (builtIn ? words.builtIn : words.custom),
    },
  ];
  const writes = may('roles.manage');
  return (
    <>
      <DataList
        name="roles"
        label={words.sections.roles}
        route="GET /api/v1/roles"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={setShown}
        tools={
          writes && (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => setShown('new')}>
              {words.addRole}
            </Button>
          )
        }
      />
      {shown !== undefined && (shown === 'new' || (!shown.builtIn && writes)) ? (
        <EditRole role={shown === 'new' ? null : shown} onClose={() => setShown(undefined)} />
      ) : (
        <SidePanel open={shown !== undefined} title={shown?.name ?? ''} onClose={() => setShown(undefined)}>
          <Text>{shown?.description}</Text>
          <ul>
            {shown?.permissions.map((permission) => (
              <li key={permission}>{words.permission(permission)}</li>
            ))}
          </ul>
        </SidePanel>
      )}
    </>
  );
}

function EditRole({ role, onClose }: { readonly role: Role | null; readonly onClose: () => void }) {
  const text = useText();
  const words = text.administration;
  const all = usePermissions();
  const add = useChange('POST /api/v1/roles');
  const save = useChange('PUT /api/v1/roles/{role}');
  const remove = useChange('DELETE /api/v1/roles/{role}');
  const [deleting, setDeleting] = useState(false);
  const form = useForm({
    defaultValues: {
      name: role?.name ?? '',
      description: role?.description ?? '',
      permissions: [...(role?.permissions ?? [])] as GrantedPermission[],
    },
  });
  const conflict = useConflict(form, async () => {
    const { answer } = await exchange('GET /api/v1/roles/{role}', { path: { role: role?.id ?? '' } });
    const { name, description, permissions, version } = answer;
    return { values: { name, description, permissions: [...permissions] }, etag: `"${version}"` };
  });
  const submit = form.handleSubmit(async (body) => {
    try {
      if (role === null) await add.mutateAsync({ body });
      else await save.mutateAsync({ path: { role: role.id }, body, ifMatch: conflict.etag ?? `"${role.version}"` });
      tell(text.words.saved);
      onClose();
    } catch (error) {
      if (!(await conflict.notice(error))) applyFaults(form, error);
    }
  });
  return (
    <>
      <EditPanel
        open
        title={role?.name ?? words.addRole}
        busy={add.isPending || save.isPending}
        error={conflict.bar ? null : (add.error ?? save.error)}
        onSubmit={submit}
        onClose={onClose}
        more={role !== null && <Button onClick={() => setDeleting(true)}>{text.words.delete}</Button>}
      >
        {conflict.bar}
        <TextField control={form.control} name="name" label={text.words.name} required autoFocus />
        <TextAreaField control={form.control} name="description" label={text.words.description} rows={2} />
        <ChecksField
          control={form.control}
          name="permissions"
          label={text.account.permissions}
          choices={all.map((value) => ({ value, title: words.permission(value) }))}
        />
      </EditPanel>
      {role !== null && (
        <ConfirmDialog
          open={deleting}
          title={words.deleteTitle(role.name)}
          action={text.words.delete}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await remove.mutateAsync({ path: { role: role.id }, ifMatch: `"${role.version}"` });
            tell(text.words.deleted);
            onClose();
          }}
        >
          {words.deleteRoleExplain}
        </ConfirmDialog>
      )}
    </>
  );
}
