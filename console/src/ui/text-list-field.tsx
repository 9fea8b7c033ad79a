import { Button, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import { AddRegular, DismissRegular } from '@fluentui/react-icons';
import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form';
import { useText } from '../text/text.ts';
import { useFieldMessage } from './field-notes.tsx';

const useStyles = makeStyles({
  rows: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  row: { display: 'flex', gap: tokens.spacingHorizontalXS, alignItems: 'start' },
  field: { flex: '1 1 0', minWidth: 0 },
});

/** Any number of texts, a line each; what is wrong with one stands beneath it. */
export function TextListField<Values extends FieldValues>({
  control,
  name,
  label,
  hint,
  add,
  itemLabel,
  placeholder,
}: {
  readonly control: Control<Values>;
  readonly name: FieldPath<Values>;
  readonly label: string;
  readonly hint?: string;
  /** The words of the button. */
  readonly add: string;
  readonly itemLabel: (place: number) => string;
  readonly placeholder?: string;
}) {
  const styles = useStyles();
  const { field } = useController({ control, name });
  const said = useFieldMessage(name);
  const texts: readonly string[] = field.value ?? [];
  return (
    <Field label={label} hint={hint} {...said}>
      <div role="group" aria-label={label} className={styles.rows}>
        {texts.map((text, i) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are told apart by their place alone.
            key={i}
            name={`${name}.${i}`}
            label={itemLabel(i + 1)}
            value={text}
            placeholder={placeholder}
            onBlur={field.onBlur}
            onChange={(changed) => field.onChange(texts.map((each, at) => (at === i ? changed : each)))}
            onRemove={() => field.onChange(texts.filter((_, at) => at !== i))}
          />
        ))}
        <div>
          <Button icon={<AddRegular />} onClick={() => field.onChange([...texts, ''])}>
            {add}
          </Button>
        </div>
      </div>
    </Field>
  );
}

function Row({
  name,
  label,
  value,
  placeholder,
  onChange,
  onBlur,
  onRemove,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onBlur: () => void;
  readonly onRemove: () => void;
}) {
  const styles = useStyles();
  const { words } = useText();
  return (
    <div className={styles.row}>
      <Field className={styles.field} {...useFieldMessage(name)}>
        <Input
          aria-label={label}
          value={value}
          placeholder={placeholder}
          autoComplete="off"
          onBlur={onBlur}
          onChange={(_, { value: changed }) => onChange(changed)}
        />
      </Field>
      <Button appearance="subtle" icon={<DismissRegular />} aria-label={words.remove(label)} onClick={onRemove} />
    </div>
  );
}
