/** Certificate type and subject name format: the seed's list for users, the text itself for devices. */
import { Field, Select } from '@fluentui/react-components';
import { useState } from 'react';
import { type UseFormReturn, useController } from 'react-hook-form';
import type { ScepSettings } from '../../../../../src/profiles/scep-settings.ts';
import { defaultSubjectNameFormat, subjectNameFormatText } from '../../../../../src/profiles/subject-name-format.ts';
import { useText } from '../../../text/text.ts';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import type { ProfileForm } from './profile-form.ts';
import { TemplateInput } from './template-input.tsx';

/** In the seed's order; the words that `subjectNameFormatText` knows. */
const formats = {
  notConfigured: '',
  commonName: subjectNameFormatText('Common name', 'user'),
  commonNameIncludingEmail: subjectNameFormatText('Common name including email', 'user'),
  commonNameAsEmail: subjectNameFormatText('Common name as email', 'user'),
  imei: subjectNameFormatText('IMEI', 'user'),
  serialNumber: subjectNameFormatText('Serial number', 'user'),
} as const;

type Format = keyof typeof formats | 'custom';
const names = [...Object.keys(formats), 'custom'] as Format[];
const subjectPath = 'settings.subjectNameFormat';

export function CertificateTypeField({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { profileEditor: words } = useText();
  const name = 'settings.certificateType';
  const { field } = useController({ control: form.control, name });
  const said = useFieldMessage(name);
  const choose = (type: 'user' | 'device') => {
    const before = field.value ?? 'user';
    field.onChange(type);
    // A subject that nobody has changed follows the type.
    if (form.getValues(subjectPath) === defaultSubjectNameFormat[before])
      form.setValue(subjectPath, defaultSubjectNameFormat[type], { shouldDirty: true });
  };
  return (
    <Field label={words.certificateType} hint={words.certificateTypeHints[field.value ?? 'user']} {...said}>
      <Select
        ref={field.ref}
        value={field.value}
        onBlur={field.onBlur}
        onChange={(_, { value }) => choose(value === 'device' ? 'device' : 'user')}
      >
        {(['user', 'device'] as const).map((type) => (
          <option key={type} value={type}>
            {words.certificateTypes[type]}
          </option>
        ))}
      </Select>
    </Field>
  );
}

export function SubjectField({
  form,
  settings,
}: {
  readonly form: UseFormReturn<ProfileForm>;
  readonly settings: ScepSettings | null;
}) {
  const { profileEditor: words } = useText();
  const { field } = useController({ control: form.control, name: subjectPath });
  const said = useFieldMessage(subjectPath);
  const text = field.value ?? '';
  const [custom, setCustom] = useState(false);
  const ofUser = form.watch('settings.certificateType') === 'user';
  const known = names.find((name) => name !== 'custom' && formats[name] === text);
  const chosen: Format = custom ? 'custom' : (known ?? 'custom');
  const type = ofUser ? 'user' : 'device';
  const choose = (format: Format) => {
    setCustom(format === 'custom');
    if (format !== 'custom') field.onChange(formats[format]);
    else if (text === '') field.onChange(defaultSubjectNameFormat.user);
  };
  const written = (
    <TemplateInput
      aria-label={ofUser ? words.customFormat : words.subjectNameFormat}
      value={text}
      onChange={(value) => {
        setCustom(true);
        field.onChange(value);
      }}
      onBlur={field.onBlur}
      place={null}
      settings={settings}
      lines={3}
    />
  );
  const meant = words.standsFor(text === '' ? defaultSubjectNameFormat[type] : text);
  if (!ofUser)
    return (
      <Field label={words.subjectNameFormat} hint={text === '' ? meant : undefined} {...said}>
        {written}
      </Field>
    );
  return (
    <>
      <Field label={words.subjectNameFormat} {...(chosen === 'custom' ? {} : { hint: meant, ...said })}>
        <Select ref={field.ref} value={chosen} onChange={(_, { value }) => choose(value as Format)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {words.subjectFormats[name]}
            </option>
          ))}
        </Select>
      </Field>
      {chosen === 'custom' && (
        <Field label={words.customFormat} hint={text === '' ? meant : undefined} {...said}>
          {written}
        </Field>
      )}
    </>
  );
}
