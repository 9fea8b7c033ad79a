import { Text } from '@fluentui/react-components';
import { useForm } from 'react-hook-form';
import { useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { EditPanel } from '../../ui/edit-panel.tsx';
import { applyFaults } from '../../ui/form-faults.ts';
import { TextAreaField, TextField } from '../../ui/form-fields.tsx';
import type { Profile } from './profile-types.ts';

/** Another profile with the same settings, assigned to nobody. */
export function DuplicateProfile({
  profile,
  onDone,
  onClose,
}: {
  readonly profile: Profile;
  readonly onDone: (slug: string) => void;
  readonly onClose: () => void;
}) {
  const text = useText();
  const words = text.profileEdit;
  const add = useChange('POST /api/v1/profiles');
  const form = useForm({ defaultValues: { name: words.copyOf(profile.name), description: profile.description } });
  const submit = form.handleSubmit(async (header) => {
    const { slug: _, assignments: __, ...document } = profile.document;
    try {
      const { answer } = await add.mutateAsync({ body: { ...document, ...header } });
      onDone(answer.profile.slug);
    } catch (error) {
      applyFaults(form, error);
    }
  });
  return (
    <EditPanel
      open
      title={words.duplicate}
      action={words.duplicate}
      busy={add.isPending}
      error={add.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text>{words.duplicateExplain}</Text>
      <TextField control={form.control} name="name" label={text.words.name} required autoFocus />
      <TextAreaField control={form.control} name="description" label={text.words.description} />
    </EditPanel>
  );
}
