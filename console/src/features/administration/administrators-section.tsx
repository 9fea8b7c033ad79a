import { Button } from '@fluentui/react-components';
import { PersonAddRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { exchange } from '../../api/call.ts';
import { type ItemOf, useChange } from '../../api/queries.ts';
import { useMay, useSession } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { SwitchField, TextField } from '../../ui/form-fields.tsx';
import { Link } from '../../ui/link.tsx';
import { OneTimeSecret } from '../../ui/one-time-secret.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useConflict } from '../../ui/use-conflict.tsx';

type Administrator = ItemOf<'GET /api/v1/administrators'>;
type Code = { readonly code: string; readonly expiresAt: number; readonly name: string };

export function AdministratorsSection() {
  const text = useText();
  const words = text.administration;
  const may = useMay();
  const [edited, setEdited] = useState<Administrator | 'new'>();
  const [code, setCode] = useState<Code>();
  const columns: readonly Column<Administrator>[] = [
    { key: 'name', title: text.words.name, width: 180, card: 'title', opens: () => true, cell: ({ name }) => name },
    {
      key: 'signInName',
      title: text.signIn.name,
      width: 200,
      grow: 2,
      card: 'line',
      cell: ({ signInName }) => signInName,
    },
    {
      key: 'state',
      title: text.words.state,
      width: 120,
      card: 'end',
      cell: ({ state }) => (
        <StatusBadge tone={state === 'active' ? 'good' : 'neutral'}>{text.states[state]}</StatusBadge>
      ),
    },
    {
      key: 'last',
      title: text.account.lastSignIn,
      width: 140,
      cell: ({ lastSignInAt }) => <RelativeTime at={lastSignInAt} />,
    },
    {
      key: 'created',
      title: text.words.created,
      width: 140,
      extra: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
  const writes = may('administrators.write');
  return (
    <>
      <DataList
        name="administrators"
        label={words.sections.administrators}
        route="GET /api/v1/administrators"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={writes ? setEdited : undefined}
        tools={
          writes && (
            <Button appearance="primary" icon={<PersonAddRegular />} onClick={() => setEdited('new')}>
              {words.addAdministrator}
            </Button>
          )
        }
      />
      {edited === 'new' && <AddAdministrator onClose={() => setEdited(undefined)} onCode={setCode} />}
      {edited !== undefined && edited !== 'new' && (
        <EditAdministrator administrator={edited} onClose={() => setEdited(undefined)} onCode={setCode} />
      )}
      <SidePanel open={code !== undefined} title={words.signInCode} onClose={() => setCode(undefined)}>
        {code && (
          <OneTimeSecret secret={code.code} what={words.signInCode}>
            {words.signInCodeHint(code.name)} <ExactTime at={code.expiresAt} />
          </OneTimeSecret>
        )}
        <Link to="/administration/role-assignments">{words.giveRole}</Link>
      </SidePanel>
    </>
  );
}

type Panel = { readonly onClose: () => void; readonly onCode: (code: Code) => void };

function AddAdministrator({ onClose, onCode }: Panel) {
  const text = useText();
  const add = useChange('POST /api/v1/administrators');
  const form = useForm({ defaultValues: { name: '', signInName: '' } });
  const submit = form.handleSubmit(async (body) => {
    try {
      const { answer } = await add.mutateAsync({ body });
      onClose();
      onCode({ ...answer, name: body.name });
    } catch (error) {
      applyFaults(form, error);
    }
  });
  return (
    <EditPanel
      open
      title={text.administration.addAdministrator}
      action={text.words.add}
      busy={add.isPending}
      error={add.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField control={form.control} name="name" label={text.words.name} required autoFocus />
      <TextField
        control={form.control}
        name="signInName"
        label={text.signIn.name}
        hint={text.firstRun.signInNameHint}
        required
      />
    </EditPanel>
  );
}

function EditAdministrator({ administrator, onClose, onCode }: Panel & { readonly administrator: Administrator }) {
  const text = useText();
  const words = text.administration;
  const { me } = useSession();
  const { id, name, version } = administrator;
  const path = { administrator: id };
  const save = useChange('PUT /api/v1/administrators/{administrator}');
  const reset = useChange('POST /api/v1/administrators/{administrator}/reset');
  const remove = useChange('DELETE /api/v1/administrators/{administrator}');
  const [asked, setAsked] = useState<'reset' | 'delete'>();
  const form = useForm({
    defaultValues: { name, signInName: administrator.signInName, active: administrator.state === 'active' },
  });
  const conflict = useConflict(form, async () => {
    const { answer } = await exchange('GET /api/v1/administrators/{administrator}', { path });
    const values = { name: answer.name, signInName: answer.signInName, active: answer.state === 'active' };
    return { values, etag: `"${answer.version}"` };
  });
  const submit = form.handleSubmit(async ({ active, ...names }) => {
    try {
      const state = active ? 'active' : 'disabled';
      await save.mutateAsync({ path, body: { ...names, state }, ifMatch: conflict.etag ?? `"${version}"` });
      tell(text.words.saved);
      onClose();
    } catch (error) {
      if (!(await conflict.notice(error))) applyFaults(form, error);
    }
  });
  const own = me?.id === id;
  return (
    <>
      <EditPanel
        open
        title={name}
        busy={save.isPending}
        error={conflict.bar ? null : save.error}
        onSubmit={submit}
        onClose={onClose}
        more={
          !own && (
            <>
              <Button onClick={() => setAsked('reset')}>{words.resetSignIn}</Button>
              <Button onClick={() => setAsked('delete')}>{text.words.delete}</Button>
            </>
          )
        }
      >
        {conflict.bar}
        <TextField control={form.control} name="name" label={text.words.name} required />
        <TextField control={form.control} name="signInName" label={text.signIn.name} required />
        <SwitchField control={form.control} name="active" label={words.mayComeIn} disabled={own} />
      </EditPanel>
      <ConfirmDialog
        open={asked === 'reset'}
        title={words.resetTitle(name)}
        action={words.resetSignIn}
        onClose={() => setAsked(undefined)}
        onConfirm={async () => {
          const { answer } = await reset.mutateAsync({ path });
          onClose();
          onCode({ ...answer, name });
        }}
      >
        {words.resetExplain}
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === 'delete'}
        title={words.deleteTitle(name)}
        action={text.words.delete}
        onClose={() => setAsked(undefined)}
        onConfirm={async () => {
          await remove.mutateAsync({ path, ifMatch: `"${version}"` });
          tell(text.words.deleted);
          onClose();
        }}
      >
        {words.deleteAdministratorExplain}
      </ConfirmDialog>
    </>
  );
}
