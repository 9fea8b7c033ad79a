import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { type ItemOf, useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { ChecksField, ChoiceField, SwitchField, TextField } from '../../ui/form-fields.tsx';
import { OneTimeSecret } from '../../ui/one-time-secret.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { tell } from '../../ui/toasts.tsx';
import { type GrantedPermission, usePermissions } from './permissions.ts';
import { everywhere, ScopeFields, scopeOf } from './scope-fields.tsx';

type Token = ItemOf<'GET /api/v1/tokens'>;

const day = 24 * 60 * 60 * 1000;
const lifetimes = [30, 90, 365] as const;

export function TokensSection() {
  const text = useText();
  const words = text.administration;
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [revoked, setRevoked] = useState<Token>();
  const revoke = useChange('DELETE /api/v1/tokens/{token}');
  const columns: readonly Column<Token>[] = [
    { key: 'name', title: text.words.name, width: 180, grow: 2, card: 'title', cell: ({ name }) => name },
    { key: 'state', title: text.words.state, width: 110, card: 'end', cell: (token) => <TokenState token={token} /> },
    {
      key: 'permissions',
      title: text.account.permissions,
      width: 120,
      cell: ({ permissions }) => (permissions === 'all' ? text.account.everything : permissions.length),
    },
    {
      key: 'used',
      title: words.lastUsed,
      width: 130,
      card: 'line',
      cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} />,
    },
    { key: 'expires', title: words.expires, width: 130, cell: ({ expiresAt }) => <RelativeTime at={expiresAt} /> },
    {
      key: 'created',
      title: text.words.created,
      width: 130,
      extra: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      key: 'actions',
      title: text.words.actions,
      width: 100,
      grow: 0,
      cell: (token) =>
        token.revokedAt === null && (
          <Button size="small" aria-label={`${words.revoke}: ${token.name}`} onClick={() => setRevoked(token)}>
            {words.revoke}
          </Button>
        ),
    },
  ];
  return (
    <>
      <DataList
        name="tokens"
        label={words.sections.tokens}
        route="GET /api/v1/tokens"
        columns={columns}
        rowKey={({ id }) => id}
        tools={
          <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
            {words.addToken}
          </Button>
        }
      />
      {adding && <AddToken onClose={() => setAdding(false)} onSecret={setSecret} />}
      <SidePanel open={secret !== undefined} title={words.newToken} onClose={() => setSecret(undefined)}>
        {secret !== undefined && <OneTimeSecret secret={secret} what={words.newToken} />}
      </SidePanel>
      <ConfirmDialog
        open={revoked !== undefined}
        title={words.revokeTitle(revoked?.name ?? '')}
        action={words.revoke}
        onClose={() => setRevoked(undefined)}
        onConfirm={async () => {
          if (revoked !== undefined) await revoke.mutateAsync({ path: { token: revoked.id } });
          tell(text.words.deleted);
        }}
      >
        {words.revokeExplain}
      </ConfirmDialog>
    </>
  );
}

function TokenState({ token: { revokedAt, expiresAt } }: { readonly token: Token }) {
  const { states } = useText();
  if (revokedAt !== null) return <StatusBadge tone="neutral">{states.revoked}</StatusBadge>;
  if (expiresAt !== null && expiresAt <= Date.now()) return <StatusBadge tone="warning">{states.expired}</StatusBadge>;
  return <StatusBadge tone="good">{states.active}</StatusBadge>;
}

function AddToken({
  onClose,
  onSecret,
}: {
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}) {
  const text = useText();
  const words = text.administration;
  const all = usePermissions();
  const add = useChange('POST /api/v1/tokens');
  const form = useForm({
    defaultValues: {
      name: '',
      days: '90',
      everything: false,
      permissions: [] as GrantedPermission[],
      ...everywhere,
    },
  });
  const everything = useWatch({ control: form.control, name: 'everything' });
  const submit = form.handleSubmit(async ({ name, days, everything: whole, permissions, ...scope }) => {
    try {
      const { answer } = await add.mutateAsync({
        body: {
          name,
          permissions: whole ? 'all' : permissions,
          expiresAt: days === '' ? null : Date.now() + Number(days) * day,
          ...scopeOf(scope),
        },
      });
      onClose();
      onSecret(answer.secret);
    } catch (error) {
      applyFaults(form, error);
    }
  });
  return (
    <EditPanel
      open
      title={words.addToken}
      action={text.words.create}
      busy={add.isPending}
      error={add.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        control={form.control}
        name="name"
        label={text.words.name}
        hint={words.tokenNameHint}
        required
        autoFocus
      />
      <ChoiceField
        control={form.control}
        name="days"
        label={words.expires}
        empty={text.words.never}
        choices={lifetimes.map((days) => ({ value: String(days), title: words.inDays(days) }))}
      />
      <SwitchField control={form.control} name="everything" label={words.everythingYouMay} />
      {!everything && (
        <ChecksField
          control={form.control}
          name="permissions"
          label={text.account.permissions}
          choices={all.map((value) => ({ value, title: words.permission(value) }))}
        />
      )}
      <ScopeFields control={form.control} />
    </EditPanel>
  );
}
