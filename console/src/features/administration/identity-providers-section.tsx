import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { type ItemOf, useChange } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { SwitchField, TextField } from '../../ui/form-fields.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { tell, tellProblem } from '../../ui/toasts.tsx';

type Provider = ItemOf<'GET /api/v1/identity-providers'>;

const useStyles = makeStyles({
  addresses: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXS },
  hint: { color: tokens.colorNeutralForeground3 },
});

export function IdentityProvidersSection() {
  const text = useText();
  const words = text.administration;
  const writes = useMay()('administrators.write');
  const [edited, setEdited] = useState<Provider | 'new'>();
  const columns: readonly Column<Provider>[] = [
    { key: 'name', title: text.words.name, width: 160, card: 'title', opens: () => true, cell: ({ name }) => name },
    { key: 'issuer', title: words.issuer, width: 260, grow: 2, card: 'line', cell: ({ issuer }) => issuer },
    { key: 'client', title: words.clientId, width: 150, extra: true, cell: ({ clientId }) => clientId },
    { key: 'groups', title: words.groupsClaim, width: 130, cell: ({ groupsClaim }) => groupsClaim },
    {
      key: 'state',
      title: text.words.state,
      width: 110,
      card: 'end',
      cell: ({ enabled }) => (
        <StatusBadge tone={enabled ? 'good' : 'neutral'}>
          {enabled ? text.states.active : text.states.disabled}
        </StatusBadge>
      ),
    },
    {
      key: 'modified',
      title: text.words.modified,
      width: 130,
      cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
    },
  ];
  const add = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => setEdited('new')}>
      {words.addProvider}
    </Button>
  );
  return (
    <>
      <DataList
        name="identity-providers"
        label={words.sections.identityProviders}
        route="GET /api/v1/identity-providers"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={writes ? setEdited : undefined}
        tools={writes && add}
        empty={
          <EmptyState title={words.noProviders} action={writes ? add : undefined}>
            {words.noProvidersHint}
          </EmptyState>
        }
      />
      {edited !== undefined && (
        <EditProvider provider={edited === 'new' ? null : edited} onClose={() => setEdited(undefined)} />
      )}
    </>
  );
}

function EditProvider({ provider, onClose }: { readonly provider: Provider | null; readonly onClose: () => void }) {
  const text = useText();
  const words = text.administration;
  const add = useChange('POST /api/v1/identity-providers');
  const save = useChange('PUT /api/v1/identity-providers/{identityProvider}');
  const remove = useChange('DELETE /api/v1/identity-providers/{identityProvider}');
  const attempt = useChange('POST /api/v1/identity-providers/{identityProvider}/test');
  const [deleting, setDeleting] = useState(false);
  const form = useForm({
    defaultValues: {
      name: provider?.name ?? '',
      issuer: provider?.issuer ?? 'https://',
      clientId: provider?.clientId ?? '',
      clientSecret: '',
      noSecret: false,
      scopes: provider?.scopes.join(' ') ?? 'profile email',
      groupsClaim: provider?.groupsClaim ?? 'groups',
      enabled: provider?.enabled ?? true,
    },
  });
  const submit = form.handleSubmit(async ({ clientSecret, noSecret, scopes, ...rest }) => {
    const secret = noSecret ? { clientSecret: null } : clientSecret === '' ? {} : { clientSecret };
    const body = { ...rest, scopes: scopes.split(/[\s,]+/).filter(Boolean), ...secret };
    try {
      if (provider === null) await add.mutateAsync({ body });
      else
        await save.mutateAsync({
          path: { identityProvider: provider.id },
          body,
          ifMatch: `"${provider.version}"`,
        });
      tell(text.words.saved);
      onClose();
    } catch (error) {
      applyFaults(form, error, (path) => (path.startsWith('scopes') ? 'scopes' : path));
    }
  });
  const tryIt = async () => {
    if (provider === null) return;
    try {
      const { answer } = await attempt.mutateAsync({ path: { identityProvider: provider.id } });
      if (answer.answers) tell(words.providerAnswers);
      else tell(answer.problem ?? '', 'error');
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <>
      <EditPanel
        open
        title={provider?.name ?? words.addProvider}
        busy={add.isPending || save.isPending}
        error={add.error ?? save.error}
        onSubmit={submit}
        onClose={onClose}
        more={
          provider !== null && (
            <>
              <Button onClick={() => void tryIt()}>{words.tryProvider}</Button>
              <Button onClick={() => setDeleting(true)}>{text.words.delete}</Button>
            </>
          )
        }
      >
        <TextField control={form.control} name="name" label={words.providerName} required autoFocus />
        <TextField
          control={form.control}
          name="issuer"
          label={words.issuer}
          hint={words.issuerHint}
          type="url"
          required
        />
        <TextField control={form.control} name="clientId" label={words.clientId} required />
        <TextField
          control={form.control}
          name="clientSecret"
          label={words.clientSecret}
          hint={provider?.hasSecret ? words.clientSecretKept : words.clientSecretHint}
          type="password"
          autoComplete="new-password"
        />
        {provider?.hasSecret && <SwitchField control={form.control} name="noSecret" label={words.noClientSecret} />}
        <TextField control={form.control} name="scopes" label={words.oidcScopes} hint={words.oidcScopesHint} />
        <TextField control={form.control} name="groupsClaim" label={words.groupsClaim} hint={words.groupsClaimHint} />
        <SwitchField control={form.control} name="enabled" label={words.providerEnabled} />
        <RedirectAddresses uris={provider?.redirectUris ?? [`${location.origin}/sign-in/return`]} />
      </EditPanel>
      {provider !== null && (
        <ConfirmDialog
          open={deleting}
          title={words.deleteTitle(provider.name)}
          action={text.words.delete}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await remove.mutateAsync({ path: { identityProvider: provider.id }, ifMatch: `"${provider.version}"` });
            tell(text.words.deleted);
            onClose();
          }}
        >
          {words.deleteProviderExplain}
        </ConfirmDialog>
      )}
    </>
  );
}

function RedirectAddresses({ uris }: { readonly uris: readonly string[] }) {
  const styles = useStyles();
  const words = useText().administration;
  return (
    <section aria-label={words.redirectUris}>
      <Text weight="semibold">{words.redirectUris}</Text>
      <ul className={styles.addresses}>
        {uris.map((uri) => (
          <li key={uri}>
            <Copyable value={uri} what={words.redirectUris} />
          </li>
        ))}
      </ul>
      <Text size={200} className={styles.hint}>
        {words.redirectUrisHint}
      </Text>
    </section>
  );
}
