import { Field, Input, makeStyles, Select, tokens } from '@fluentui/react-components';
import { type UseFormReturn, useController } from 'react-hook-form';
import { useText } from '../../../text/text.ts';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import type { ProfileForm } from './profile-form.ts';

const path = 'settings.certificateValidityPeriod';
const units = ['days', 'months', 'years'] as const;
const template = 'template';

const useStyles = makeStyles({
  root: { display: 'flex', gap: tokens.spacingHorizontalXS },
  // Fluent's field is a grid as wide as its widest word.
  value: { flex: '0 1 120px', minWidth: 0, gridTemplateColumns: 'minmax(0, 1fr)' },
  unit: { flex: '1 1 0', minWidth: 0, gridTemplateColumns: 'minmax(0, 1fr)' },
});

/** A number and its unit, or whatever the certificate template says. */
export function ValidityField({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const { field } = useController({ control: form.control, name: path });
  const said = useFieldMessage(path);
  const period = field.value ?? null;
  return (
    <Field label={words.validityPeriod} hint={words.validityPeriodHint} {...said}>
      <div role="group" aria-label={words.validityPeriod} className={styles.root}>
        {/* A field of its own for each: within the outer one they would take its name. */}
        {period !== null && (
          <Field className={styles.value}>
            <Input
              aria-label={words.value}
              inputMode="numeric"
              value={period.value}
              onBlur={field.onBlur}
              onChange={(_, { value }) => field.onChange({ ...period, value })}
            />
          </Field>
        )}
        <Field className={styles.unit}>
          <Select
            aria-label={words.unit}
            value={period?.unit ?? template}
            onChange={(_, { value: unit }) =>
              field.onChange(unit === template ? null : { value: period?.value ?? '1', unit })
            }
          >
            <option value={template}>{words.asTemplate}</option>
            {units.map((unit) => (
              <option key={unit} value={unit}>
                {words.units[unit]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </Field>
  );
}
