import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { type ItemOf, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { SwitchField, TextAreaField, TextField } from '../../ui/form-fields.tsx';
import { OneTimeSecret } from '../../ui/one-time-secret.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { tell, tellProblem } from '../../ui/toasts.tsx';

type Webhook = ItemOf<'GET /api/v1/webhooks'>;

export function WebhooksSection() {
  const text = useText();
  const words = text.administration;
  const writes = useMay()('webhooks.write');
  const [edited, setEdited] = useState<Webhook | 'new'>();
  const [secret, setSecret] = useState<string>();
  const columns: readonly Column<Webhook>[] = [
    { key: 'name', title: text.words.name, width: 160, card: 'title', opens: () => true, cell: ({ name }) => name },
    { key: 'url', title: words.receiver, width: 260, grow: 2, card: 'line', cell: ({ url }) => url },
    { key: 'events', title: words.events, width: 160, extra: true, cell: ({ eventTypes }) => eventTypes.join(', ') },
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
      {words.addWebhook}
    </Button>
  );
  return (
    <>
      <DataList
        name="webhooks"
        label={words.sections.webhooks}
        route="GET /api/v1/webhooks"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={writes ? setEdited : undefined}
        tools={writes && add}
        empty={
          <EmptyState title={words.noWebhooks} action={writes ? add : undefined}>
            {words.noWebhooksHint}
          </EmptyState>
        }
      />
      {edited !== undefined && (
        <EditWebhook
          webhook={edited === 'new' ? null : edited}
          onClose={() => setEdited(undefined)}
          onSecret={setSecret}
        />
      )}
      <SidePanel open={secret !== undefined} title={words.webhookSecret} onClose={() => setSecret(undefined)}>
        {secret !== undefined && (
          <OneTimeSecret secret={secret} what={words.webhookSecret}>
            {words.webhookSecretHint}
          </OneTimeSecret>
        )}
      </SidePanel>
    </>
  );
}

function EditWebhook({
  webhook,
  onClose,
  onSecret,
}: {
  readonly webhook: Webhook | null;
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}) {
  const text = useText();
  const words = text.administration;
  const add = useChange('POST /api/v1/webhooks');
  const save = useChange('PUT /api/v1/webhooks/{webhook}');
  const remove = useChange('DELETE /api/v1/webhooks/{webhook}');
  const attempt = useChange('POST /api/v1/webhooks/{webhook}/test');
  const [deleting, setDeleting] = useState(false);
  const form = useForm({
    defaultValues: {
      name: webhook?.name ?? '',
      url: webhook?.url ?? 'https://',
      events: webhook?.eventTypes.join('\n') ?? 'certificate.*\ndeployment.failed',
      enabled: webhook?.enabled ?? true,
    },
  });
  const submit = form.handleSubmit(async ({ events, ...rest }) => {
    const body = { ...rest, eventTypes: events.split(/[\s,]+/).filter(Boolean) };
    try {
      if (webhook === null) {
        const { answer } = await add.mutateAsync({ body });
        onClose();
        if (answer.secret !== null) onSecret(answer.secret);
      } else {
        await save.mutateAsync({ path: { webhook: webhook.id }, body, ifMatch: `"${webhook.version}"` });
        tell(text.words.saved);
        onClose();
      }
    } catch (error) {
      applyFaults(form, error, (path) => (path.startsWith('eventTypes') ? 'events' : path));
    }
  });
  const tryIt = async () => {
    if (webhook === null) return;
    try {
      const { answer } = await attempt.mutateAsync({ path: { webhook: webhook.id } });
      if (answer.delivered) tell(words.webhookAnswers(answer.milliseconds));
      else tell(words.webhookFails(answer.problem ?? String(answer.status)), 'error');
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <>
      <EditPanel
        open
        title={webhook?.name ?? words.addWebhook}
        busy={add.isPending || save.isPending}
        error={add.error ?? save.error}
        onSubmit={submit}
        onClose={onClose}
        more={
          webhook !== null && (
            <>
              <Button onClick={() => void tryIt()}>{words.tryWebhook}</Button>
              <Button onClick={() => setDeleting(true)}>{text.words.delete}</Button>
            </>
          )
        }
      >
        <TextField control={form.control} name="name" label={text.words.name} required autoFocus />
        <TextField control={form.control} name="url" label={words.receiver} type="url" required />
        <TextAreaField
          control={form.control}
          name="events"
          label={words.events}
          hint={words.eventsHint}
          rows={4}
          required
        />
        <SwitchField control={form.control} name="enabled" label={words.enabled} />
        {webhook !== null && <Deliveries webhook={webhook.id} />}
      </EditPanel>
      {webhook !== null && (
        <ConfirmDialog
          open={deleting}
          title={words.deleteTitle(webhook.name)}
          action={text.words.delete}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await remove.mutateAsync({ path: { webhook: webhook.id }, ifMatch: `"${webhook.version}"` });
            tell(text.words.deleted);
            onClose();
          }}
        >
          {words.deleteWebhookExplain}
        </ConfirmDialog>
      )}
    </>
  );
}

/** The last few, and whether they arrived. */
function Deliveries({ webhook }: { readonly webhook: string }) {
  const text = useText();
  const words = text.administration;
  const deliveries = useRead('GET /api/v1/webhooks/{webhook}/deliveries', { path: { webhook }, query: { limit: 10 } });
  const may = useMay();
  const replay = useChange('POST /api/v1/webhooks/{webhook}/replay');
  const replayDead = async () => {
    try {
      const { answer } = await replay.mutateAsync({ path: { webhook }, body: { dead: true } });
      tell(words.replayed(answer.replayed));
    } catch (error) {
      tellProblem(error);
    }
  };
  const tones = { delivered: 'good', waiting: 'waiting', dead: 'bad' } as const;
  if (deliveries.data === undefined || deliveries.data.items.length === 0) return null;
  return (
    <section aria-label={words.deliveries}>
      <strong>{words.deliveries}</strong>
      {may('webhooks.write') && deliveries.data.items.some(({ state }) => state === 'dead') && (
        <Button size="small" disabled={replay.isPending} onClick={() => void replayDead()}>
          {words.replayDead}
        </Button>
      )}
      <ul>
        {deliveries.data.items.map(({ id, type, state, createdAt, lastProblem }) => (
          <li key={id}>
            <StatusBadge tone={tones[state]}>{words.deliveryStates[state]}</StatusBadge> {type}{' '}
            <RelativeTime at={createdAt} /> {lastProblem}
          </li>
        ))}
      </ul>
    </section>
  );
}
