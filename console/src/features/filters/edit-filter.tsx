import { Button, MessageBar, MessageBarBody, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useController, useForm } from 'react-hook-form';
import { exchange } from '../../api/call.ts';
import { useAsk, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { ChecksField, ChoiceField, TextAreaField, TextField } from '../../ui/form-fields.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useConflict } from '../../ui/use-conflict.tsx';
import { useSettled } from '../../ui/use-settled.ts';
import { FilterMatches, type Platform } from './filter-matches.tsx';
import { type StoredFilter, Uses } from './filter-uses.tsx';
import { RuleField } from './rule-field.tsx';

type Values = { name: string; description: string; platform: Platform; rule: string; scopeTags: string[] };

const useStyles = makeStyles({
  impact: { display: 'grid', gap: tokens.spacingVerticalXS },
});

const tagsAtOnce = 200;

/** Makes a filter, or changes one. */
export function EditFilter({
  filter,
  onClose,
}: {
  readonly filter: StoredFilter | null;
  readonly onClose: () => void;
}) {
  const text = useText();
  const words = text.filters;
  const add = useChange('POST /api/v1/filters');
  const save = useChange('PUT /api/v1/filters/{filter}');
  const remove = useChange('DELETE /api/v1/filters/{filter}');
  const [deleting, setDeleting] = useState(false);
  const tags = useRead('GET /api/v1/scope-tags', { query: { limit: tagsAtOnce } });
  const form = useForm<Values>({
    defaultValues: {
      name: filter?.name ?? '',
      description: filter?.description ?? '',
      platform: filter?.platform ?? 'windows10',
      rule: filter?.rule ?? '',
      scopeTags: [...(filter?.scopeTags ?? [])],
    },
  });
  const platform = form.watch('platform');
  const rule = useController({ control: form.control, name: 'rule' });
  const path = { filter: filter?.id ?? '' };
  const conflict = useConflict(form, async () => {
    const { answer, etag } = await exchange('GET /api/v1/filters/{filter}', { path });
    const { name, description, platform: its, rule: written, scopeTags } = answer;
    return {
      values: { name, description, platform: its, rule: written, scopeTags: [...scopeTags] },
      etag: etag ?? `"${answer.version}"`,
    };
  });
  const submit = form.handleSubmit(async (body) => {
    try {
      if (filter === null) await add.mutateAsync({ body });
      else await save.mutateAsync({ path, body, ifMatch: conflict.etag ?? `"${filter.version}"` });
      tell(text.words.saved);
      onClose();
    } catch (error) {
      if (!(await conflict.notice(error))) applyFaults(form, error);
    }
  });
  const error = add.error ?? save.error;
  return (
    <>
      <EditPanel
        open
        title={filter?.name ?? words.add}
        busy={add.isPending || save.isPending}
        error={conflict.bar ? null : error}
        onSubmit={submit}
        onClose={onClose}
        more={filter !== null && <Button onClick={() => setDeleting(true)}>{text.words.delete}</Button>}
      >
        {conflict.bar}
        <TextField control={form.control} name="name" label={text.words.name} required autoFocus={filter === null} />
        <TextAreaField control={form.control} name="description" label={text.words.description} rows={2} />
        {filter === null ? (
          <ChoiceField
            control={form.control}
            name="platform"
            label={text.profiles.platform}
            hint={words.platformHint}
            choices={Object.entries(text.platforms).map(([value, title]) => ({ value, title }))}
          />
        ) : (
          <Facts facts={[[text.profiles.platform, text.platforms[filter.platform]]]} />
        )}
        <RuleField
          platform={platform}
          value={rule.field.value}
          onChange={rule.field.onChange}
          untouched={!rule.fieldState.isDirty && !form.formState.isSubmitted}
        />
        <FilterMatches platform={platform} rule={rule.field.value} />
        {filter !== null && (
          <>
            <Facts facts={[[words.usedBy, <Uses key="uses" filter={filter} />]]} />
            {filter.usedBy.length > 0 && rule.field.value !== filter.rule && (
              <RuleImpact filter={filter.id} rule={rule.field.value} />
            )}
          </>
        )}
        <ChecksField
          control={form.control}
          name="scopeTags"
          label={text.profiles.scopeTags}
          choices={(tags.data?.items ?? []).map(({ name }) => ({ value: name, title: name }))}
        />
      </EditPanel>
      {filter !== null && (
        <ConfirmDialog
          open={deleting}
          title={text.administration.deleteTitle(filter.name)}
          action={text.words.delete}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await remove.mutateAsync({ path, ifMatch: `"${filter.version}"` });
            tell(text.words.deleted);
            onClose();
          }}
        >
          {words.deleteExplain}
        </ConfirmDialog>
      )}
    </>
  );
}

/** What the changed rule would do to devices that have something by it. */
function RuleImpact({ filter, rule }: { readonly filter: string; readonly rule: string }) {
  const styles = useStyles();
  const { filters: words, assignments } = useText();
  const may = useMay();
  const body = useSettled({ change: 'filter' as const, filter, rule });
  const impact = useAsk('POST /api/v1/impact', { body }, { enabled: may('directory.read') });
  if (impact.data === undefined) return null;
  const { profiles, losing } = impact.data;
  return (
    <MessageBar intent={losing > 0 ? 'warning' : 'info'} layout="multiline">
      <MessageBarBody className={styles.impact}>
        {profiles.length === 0 && <Text>{assignments.impact.nothing}</Text>}
        {profiles.map(({ profile, counts }) => (
          <Text key={profile.id} block>
            {words.impactOn(profile.name)}{' '}
            {(['gain', 'reissue', 'redeliver', 'remove', 'revoke', 'blocked'] as const)
              .filter((effect) => counts[effect] > 0)
              .map((effect) => assignments.impact.effects[effect](counts[effect]))
              .join('; ')}
          </Text>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}
