import {
  Button,
  Field,
  Input,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Text,
  tokens,
} from '@fluentui/react-components';
import { AddRegular, DismissRegular } from '@fluentui/react-icons';
import { type UseFormReturn, useController } from 'react-hook-form';
import { extendedKeyUsagePresets } from '../../../../../src/profiles/extended-key-usage-presets.ts';
import { useText } from '../../../text/text.ts';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import type { ProfileForm, UsageRow } from './profile-form.ts';

const path = 'settings.extendedKeyUsages';

const useStyles = makeStyles({
  rows: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  row: { display: 'flex', gap: tokens.spacingHorizontalXS, alignItems: 'start' },
  known: { flex: '1 1 0', minWidth: 0, paddingTop: tokens.spacingVerticalXS },
  custom: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  input: { flex: '1 1 140px', minWidth: 0 },
  oid: { color: tokens.colorNeutralForeground3, fontFamily: tokens.fontFamilyMonospace },
  popover: { maxHeight: '50vh', overflowY: 'auto' },
});

/** Pre-defined keys by their names, custom ones by name and object identifier. */
export function ExtendedKeyUsagesField({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const { field } = useController({ control: form.control, name: path });
  const said = useFieldMessage(path);
  const rows = field.value ?? [];
  const add = (row: UsageRow) => field.onChange([...rows, { ...row }]);
  const left = extendedKeyUsagePresets.filter(({ oid }) => !rows.some((row) => row.oid === oid));
  return (
    <Field label={words.extendedKeyUsage} hint={words.extendedKeyUsageHint} {...said}>
      <div role="group" aria-label={words.extendedKeyUsage} className={styles.rows}>
        {rows.map((row, i) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place alone.
            key={i}
            place={i}
            row={row}
            onBlur={field.onBlur}
            onChange={(changed) => field.onChange(rows.map((each, at) => (at === i ? changed : each)))}
            onRemove={() => field.onChange(rows.filter((_, at) => at !== i))}
          />
        ))}
        <div>
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Button icon={<AddRegular />}>{words.addUsage}</Button>
            </MenuTrigger>
            <MenuPopover className={styles.popover}>
              <MenuList>
                <MenuItem onClick={() => add({ name: '', oid: '' })}>{words.customUsage}</MenuItem>
                {left.map((usage) => (
                  <MenuItem key={usage.oid} subText={usage.oid} onClick={() => add(usage)}>
                    {usage.name}
                  </MenuItem>
                ))}
              </MenuList>
            </MenuPopover>
          </Menu>
        </div>
      </div>
    </Field>
  );
}

function Row({
  place,
  row,
  onChange,
  onBlur,
  onRemove,
}: {
  readonly place: number;
  readonly row: UsageRow;
  readonly onChange: (row: UsageRow) => void;
  readonly onBlur: () => void;
  readonly onRemove: () => void;
}) {
  const styles = useStyles();
  const { profileEditor: words, words: common } = useText();
  const known = extendedKeyUsagePresets.some(({ name, oid }) => name === row.name && oid === row.oid);
  const label = row.name || row.oid || words.usageRow(place + 1);
  return (
    <div className={styles.row}>
      <Field className={styles.known} {...useFieldMessage(`${path}.${place}`)}>
        {known ? (
          <Text>
            {row.name} <span className={styles.oid}>{row.oid}</span>
          </Text>
        ) : (
          <div className={styles.custom} role="group" aria-label={words.usageRow(place + 1)}>
            <Input
              className={styles.input}
              aria-label={words.usageName}
              placeholder={words.usageName}
              value={row.name}
              onBlur={onBlur}
              onChange={(_, { value: name }) => onChange({ ...row, name })}
            />
            <Input
              className={styles.input}
              aria-label={words.oid}
              placeholder={words.oid}
              value={row.oid}
              onBlur={onBlur}
              onChange={(_, { value: oid }) => onChange({ ...row, oid })}
            />
          </div>
        )}
      </Field>
      <Button appearance="subtle" icon={<DismissRegular />} aria-label={common.remove(label)} onClick={onRemove} />
    </div>
  );
}
