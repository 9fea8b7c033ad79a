/** Fields of a form (react-hook-form): label, hint, what is wrong with it beneath, wired together for screen readers. */
import {
  Checkbox,
  Field,
  Input,
  type InputProps,
  makeStyles,
  Radio,
  RadioGroup,
  Select,
  Switch,
  Textarea,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form';
import { useText } from '../text/text.ts';
import { useFieldMessage } from './field-notes.tsx';
import { OwnLabels } from './own-labels.tsx';

type Common<Values extends FieldValues> = {
  readonly control: Control<Values>;
  readonly name: FieldPath<Values>;
  readonly label: string;
  readonly hint?: ReactElement | string;
  readonly required?: boolean;
  readonly disabled?: boolean;
};

export type Choice = {
  readonly value: string;
  readonly title: string;
  readonly hint?: string;
  readonly disabled?: boolean;
};

function useField<Values extends FieldValues>({ control, name, required }: Common<Values>) {
  const text = useText();
  const { field, fieldState } = useController({
    control,
    name,
    ...(required && { rules: { required: text.words.fillIn } }),
  });
  return { field, said: useFieldMessage(name, fieldState.error?.message) };
}

export function TextField<Values extends FieldValues>({
  type = 'text',
  autoComplete = 'off',
  placeholder,
  contentBefore,
  contentAfter,
  autoFocus,
  ...common
}: Common<Values> &
  Pick<InputProps, 'type' | 'autoComplete' | 'placeholder' | 'contentBefore' | 'contentAfter' | 'autoFocus'>) {
  const { field, said } = useField(common);
  const { label, hint, required, disabled } = common;
  return (
    <Field label={label} hint={hint} required={required} {...said}>
      <Input
        {...field}
        value={field.value ?? ''}
        type={type}
        autoComplete={autoComplete}
        placeholder={placeholder}
        contentBefore={contentBefore}
        contentAfter={contentAfter}
        autoFocus={autoFocus}
        disabled={disabled}
        onChange={(_, { value }) => field.onChange(value)}
      />
    </Field>
  );
}

export function TextAreaField<Values extends FieldValues>({
  rows = 3,
  ...common
}: Common<Values> & { readonly rows?: number }) {
  const { field, said } = useField(common);
  const { label, hint, required, disabled } = common;
  return (
    <Field label={label} hint={hint} required={required} {...said}>
      <Textarea
        {...field}
        value={field.value ?? ''}
        rows={rows}
        resize="vertical"
        disabled={disabled}
        onChange={(_, { value }) => field.onChange(value)}
      />
    </Field>
  );
}

const useStyles = makeStyles({
  // A name of 300 characters is cut off, and does not widen the page.
  shrinks: { gridTemplateColumns: 'minmax(0, 1fr)' },
});

/** One of several; `empty`: the words for none, absent when one must be chosen. */
export function ChoiceField<Values extends FieldValues>({
  choices,
  empty,
  ...common
}: Common<Values> & { readonly choices: readonly Choice[]; readonly empty?: string }) {
  const styles = useStyles();
  const { field, said } = useField(common);
  const { label, hint, required, disabled } = common;
  return (
    <Field className={styles.shrinks} label={label} hint={hint} required={required} {...said}>
      <Select
        {...field}
        value={field.value ?? ''}
        disabled={disabled}
        onChange={(_, { value }) => field.onChange(value)}
      >
        {empty !== undefined && <option value="">{empty}</option>}
        {choices.map(({ value, title, disabled: off }) => (
          <option key={value} value={value} disabled={off}>
            {title}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** One of a few, all of which are to be seen. */
export function RadioField<Values extends FieldValues>({
  choices,
  ...common
}: Common<Values> & { readonly choices: readonly Choice[] }) {
  const { field, said } = useField(common);
  const { label, hint, required, disabled } = common;
  return (
    <Field label={label} hint={hint} required={required} {...said}>
      <RadioGroup value={field.value ?? ''} disabled={disabled} onChange={(_, { value }) => field.onChange(value)}>
        {choices.map(({ value, title, hint: more }) => (
          <Radio key={value} value={value} label={more === undefined ? title : `${title}: ${more}`} />
        ))}
      </RadioGroup>
    </Field>
  );
}

export function SwitchField<Values extends FieldValues>(common: Common<Values>) {
  const { field, said } = useField(common);
  const { label, hint, disabled } = common;
  return (
    <Field hint={hint} {...said}>
      <Switch
        ref={field.ref}
        name={field.name}
        label={label}
        checked={field.value === true}
        disabled={disabled}
        onBlur={field.onBlur}
        onChange={(_, { checked }) => field.onChange(checked)}
      />
    </Field>
  );
}

/** Any of several; the value is the list of those chosen. */
export function ChecksField<Values extends FieldValues>({
  choices,
  ...common
}: Common<Values> & { readonly choices: readonly Choice[] }) {
  const { field, said } = useField(common);
  const { label, hint, required, disabled } = common;
  const chosen: readonly string[] = field.value ?? [];
  return (
    <Field label={label} hint={hint} required={required} {...said}>
      <div role="group" aria-label={label}>
        <OwnLabels>
          {choices.map(({ value, title, disabled: off }) => (
            <div key={value}>
              <Checkbox
                label={title}
                checked={chosen.includes(value)}
                disabled={disabled || off}
                onBlur={field.onBlur}
                onChange={(_, { checked }) =>
                  field.onChange(checked === true ? [...chosen, value] : chosen.filter((one) => one !== value))
                }
              />
            </div>
          ))}
        </OwnLabels>
      </div>
    </Field>
  );
}
