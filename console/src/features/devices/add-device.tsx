import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useForm, useWatch } from 'react-hook-form';
import { managementsOf, type Platform } from '../../../../src/directory/platform.ts';
import type { Input } from '../../api/call.ts';
import { useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { applyFaults } from '../../ui/form-faults.ts';
import { ChoiceField, TextField } from '../../ui/form-fields.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';

type Values = {
  deviceName: string;
  platform: Platform;
  management: string;
  primaryUser: string;
  serialNumber: string;
};

const useStyles = makeStyles({ form: { display: 'grid', gap: tokens.spacingVerticalM } });

/** What is needed to know a device; the rest comes from its first check-in, an import or its page. */
export function AddDevice({ onDone }: { readonly onDone: () => void }) {
  const styles = useStyles();
  const text = useText();
  const words = text.devices;
  const navigate = useNavigate();
  const create = useChange('POST /api/v1/devices');
  const form = useForm<Values>({
    defaultValues: { deviceName: '', platform: 'windows10', management: '', primaryUser: '', serialNumber: '' },
  });
  const kinds = managementsOf[useWatch({ control: form.control, name: 'platform' })];
  const save = form.handleSubmit(async ({ deviceName, platform, management, primaryUser, serialNumber }) => {
    const body = {
      deviceName,
      platform,
      ...(kinds.some((kind) => kind === management) && { management }),
      ...(primaryUser !== '' && { primaryUser }),
      ...(serialNumber !== '' && { serialNumber }),
    } as Input<'POST /api/v1/devices'>['body'];
    try {
      const { answer } = await create.mutateAsync({ body });
      onDone();
      await navigate({ to: `/devices/${encodeURIComponent(answer.id)}` as never });
    } catch (error) {
      applyFaults(form, error);
    }
  });
  return (
    <form className={styles.form} onSubmit={(event) => void save(event)}>
      <ProblemBar error={create.error} />
      <TextField control={form.control} name="deviceName" label={text.words.name} required />
      <ChoiceField
        control={form.control}
        name="platform"
        label={words.platform}
        choices={Object.entries(text.platforms).map(([value, title]) => ({ value, title }))}
      />
      {kinds.length > 0 && (
        <ChoiceField
          control={form.control}
          name="management"
          label={words.facts.management}
          empty={words.managementUnknown}
          choices={kinds.map((kind) => ({ value: kind, title: words.managements[kind] }))}
        />
      )}
      <TextField control={form.control} name="primaryUser" label={words.user} hint={words.userHint} />
      <TextField control={form.control} name="serialNumber" label={words.serialNumber} />
      <div>
        <Button appearance="primary" type="submit" disabled={create.isPending}>
          {text.words.add}
        </Button>
      </div>
    </form>
  );
}
