import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { exchange } from '../../api/call.ts';
import { type ItemOf, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { ChecksField, TextAreaField, TextField } from '../../ui/form-fields.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useConflict } from '../../ui/use-conflict.tsx';

type ScopeTag = ItemOf<'GET /api/v1/scope-tags'>;

export function ScopeTagsSection() {
  const text = useText();
  const words = text.administration;
  const writes = useMay()('settings.write');
  const [edited, setEdited] = useState<ScopeTag | 'new'>();
  const columns: readonly Column<ScopeTag>[] = [
    {
      key: 'name',
      title: text.words.name,
      width: 180,
      card: 'title',
      opens: ({ builtIn }) => !builtIn,
      cell: ({ name }) => name,
    },
    {
      key: 'description',
      title: text.words.description,
      width: 260,
      grow: 2,
      card: 'line',
      cell: ({ description }) => description,
    },
    { key: 'groups', title: words.givenTo, width: 130, cell: ({ groupIds }) => words.groups(groupIds.length) },
    {
      key: 'modified',
      title: text.words.modified,
      width: 130,
      cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
    },
  ];
  return (
    <>
      <DataList
        name="scope-tags"
        label={words.sections.scopeTags}
        route="GET /api/v1/scope-tags"
        columns={columns}
        rowKey={({ id }) => id}
        search={words.searchScopeTags}
        onOpen={writes ? (tag) => !tag.builtIn && setEdited(tag) : undefined}
        tools={
          writes && (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => setEdited('new')}>
              {words.addScopeTag}
            </Button>
          )
        }
      />
      {edited !== undefined && (
        <EditScopeTag tag={edited === 'new' ? null : edited} onClose={() => setEdited(undefined)} />
      )}
    </>
  );
}

function EditScopeTag({ tag, onClose }: { readonly tag: ScopeTag | null; readonly onClose: () => void }) {
  const text = useText();
  const words = text.administration;
  const groups = useRead('GET /api/v1/groups', { query: { limit: 200 } });
  const add = useChange('POST /api/v1/scope-tags');
  const save = useChange('PUT /api/v1/scope-tags/{scopeTag}');
  const remove = useChange('DELETE /api/v1/scope-tags/{scopeTag}');
  const [deleting, setDeleting] = useState(false);
  const form = useForm({
    defaultValues: { name: tag?.name ?? '', description: tag?.description ?? '', groups: [...(tag?.groupIds ?? [])] },
  });
  const conflict = useConflict(form, async () => {
    const { answer, etag } = await exchange('GET /api/v1/scope-tags/{scopeTag}', { path: { scopeTag: tag?.id ?? '' } });
    const { name, description, groupIds, version } = answer;
    return { values: { name, description, groups: [...groupIds] }, etag: etag ?? `"${version}"` };
  });
  const submit = form.handleSubmit(async (body) => {
    try {
      if (tag === null) await add.mutateAsync({ body });
      else
        await save.mutateAsync({
          path: { scopeTag: tag.id },
          body,
          ifMatch: conflict.etag ?? `"${tag.version}"`,
        });
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
        title={tag?.name ?? words.addScopeTag}
        busy={add.isPending || save.isPending}
        error={conflict.bar ? null : (add.error ?? save.error)}
        onSubmit={submit}
        onClose={onClose}
        more={tag !== null && <Button onClick={() => setDeleting(true)}>{text.words.delete}</Button>}
      >
        {conflict.bar}
        <TextField control={form.control} name="name" label={text.words.name} required autoFocus />
        <TextAreaField control={form.control} name="description" label={text.words.description} rows={2} />
        <ChecksField
          control={form.control}
          name="groups"
          label={words.givenTo}
          hint={words.givenToHint}
          choices={(groups.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name }))}
        />
      </EditPanel>
      {tag !== null && (
        <ConfirmDialog
          open={deleting}
          title={words.deleteTitle(tag.name)}
          action={text.words.delete}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await remove.mutateAsync({ path: { scopeTag: tag.id }, ifMatch: `"${tag.version}"` });
            tell(text.words.deleted);
            onClose();
          }}
        >
          {words.deleteScopeTagExplain}
        </ConfirmDialog>
      )}
    </>
  );
}
