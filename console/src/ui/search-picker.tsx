import { Combobox, Field, makeStyles, Option, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useText } from '../text/text.ts';
import type { Choice } from './form-fields.tsx';

const useStyles = makeStyles({
  box: { minWidth: 0, width: '100%' },
  list: { maxHeight: '40vh' },
  option: { display: 'block', minWidth: 0, overflowWrap: 'anywhere' },
  hint: { display: 'block', color: tokens.colorNeutralForeground3 },
});

/** One of many, found by typing: `choices` are those that the last search found. */
export function SearchPicker({
  label,
  value,
  choices,
  onSearch,
  onChoose,
}: {
  readonly label: string;
  /** The words of what is chosen. */
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onSearch: (text: string) => void;
  readonly onChoose: (choice: Choice) => void;
}) {
  const styles = useStyles();
  const { list } = useText();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Field label={label}>
      <Combobox
        className={styles.box}
        listbox={{ className: styles.list }}
        freeform
        value={typed ?? value}
        selectedOptions={[]}
        onChange={({ target }) => {
          setTyped(target.value);
          onSearch(target.value);
        }}
        onOptionSelect={(_, { optionValue }) => {
          const choice = choices.find(({ value: each }) => each === optionValue);
          setTyped(null);
          onSearch('');
          if (choice !== undefined) onChoose(choice);
        }}
        onBlur={() => setTyped(null)}
      >
        {choices.map(({ value: key, title, hint }) => (
          <Option key={key} value={key} text={title}>
            <span className={styles.option}>
              {title}
              {hint !== undefined && (
                <Text size={200} className={styles.hint}>
                  {hint}
                </Text>
              )}
            </span>
          </Option>
        ))}
        {choices.length === 0 && (
          <Option value="" text="" disabled>
            {list.none}
          </Option>
        )}
      </Combobox>
    </Field>
  );
}
