import {
  Button,
  Field,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Select,
  tokens,
} from '@fluentui/react-components';
import { AddRegular, DismissRegular } from '@fluentui/react-icons';
import { type UseFormReturn, useController } from 'react-hook-form';
import type { ScepSettings, SubjectAlternativeNameType } from '../../../../../src/profiles/scep-settings.ts';
import { useText } from '../../../text/text.ts';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import type { AlternativeNameRow, ProfileForm } from './profile-form.ts';
import { TemplateInput } from './template-input.tsx';

const path = 'settings.subjectAlternativeNames';

/** In the seed's order. */
const types: readonly SubjectAlternativeNameType[] = ['email', 'upn', 'dns', 'uri', 'ip'];

/** What the seed's check boxes of user certificates stand for. */
const ofUser: Readonly<Record<string, string>> = { email: '{{EmailAddress}}', upn: '{{UserPrincipalName}}' };

const useStyles = makeStyles({
  rows: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS, alignItems: 'start' },
  // Fluent's field is a grid as wide as its widest word.
  type: { flex: '0 1 220px', minWidth: '120px', gridTemplateColumns: 'minmax(0, 1fr)' },
  value: { flex: '1 1 220px', minWidth: 0, gridTemplateColumns: 'minmax(0, 1fr)' },
});

export function AlternativeNamesField({
  form,
  settings,
}: {
  readonly form: UseFormReturn<ProfileForm>;
  readonly settings: ScepSettings | null;
}) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const { field } = useController({ control: form.control, name: path });
  const said = useFieldMessage(path);
  const rows = field.value ?? [];
  const offered = types.filter((type) => type !== 'ip' || form.getValues('platform') === 'linux');
  const add = (type: SubjectAlternativeNameType) => {
    const known = form.getValues('settings.certificateType') === 'user' ? ofUser[type] : undefined;
    field.onChange([...rows, { type, value: known ?? '' }]);
  };
  return (
    <Field label={words.subjectAlternativeName} hint={words.subjectAlternativeNameHint} {...said}>
      <div role="group" aria-label={words.subjectAlternativeName} className={styles.rows}>
        {rows.map((row, i) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place alone.
            key={i}
            place={i}
            row={row}
            types={offered}
            settings={settings}
            onBlur={field.onBlur}
            onChange={(changed) => field.onChange(rows.map((each, at) => (at === i ? changed : each)))}
            onRemove={() => field.onChange(rows.filter((_, at) => at !== i))}
          />
        ))}
        <div>
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Button icon={<AddRegular />}>{words.addAlternativeName}</Button>
            </MenuTrigger>
            <MenuPopover>
              <MenuList>
                {offered.map((type) => (
                  <MenuItem key={type} onClick={() => add(type)}>
                    {words.alternativeNameTypes[type]}
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
  types: offered,
  settings,
  onChange,
  onBlur,
  onRemove,
}: {
  readonly place: number;
  readonly row: AlternativeNameRow;
  readonly types: readonly SubjectAlternativeNameType[];
  readonly settings: ScepSettings | null;
  readonly onChange: (row: AlternativeNameRow) => void;
  readonly onBlur: () => void;
  readonly onRemove: () => void;
}) {
  const styles = useStyles();
  const { profileEditor: words, words: common } = useText();
  const label = words.alternativeNameRow(place + 1);
  return (
    <div className={styles.row} role="group" aria-label={label}>
      <Field className={styles.type}>
        <Select
          aria-label={words.attribute}
          value={row.type}
          onChange={(_, { value: type }) => onChange({ ...row, type })}
        >
          {offered.map((type) => (
            <option key={type} value={type}>
              {words.alternativeNameTypes[type]}
            </option>
          ))}
        </Select>
      </Field>
      <Field className={styles.value} {...useFieldMessage(`${path}.${place}.value`)}>
        <TemplateInput
          aria-label={words.value}
          value={row.value}
          onChange={(value) => onChange({ ...row, value })}
          onBlur={onBlur}
          place={row.type as SubjectAlternativeNameType}
          settings={settings}
        />
      </Field>
      <Button appearance="subtle" icon={<DismissRegular />} aria-label={common.remove(label)} onClick={onRemove} />
    </div>
  );
}
