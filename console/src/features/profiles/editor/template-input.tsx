import {
  Button,
  Input,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { BracesVariableRegular } from '@fluentui/react-icons';
import { useRef } from 'react';
import type { ScepSettings } from '../../../../../src/profiles/scep-settings.ts';
import type { VariableName } from '../../../../../src/profiles/variable.ts';
import { useText } from '../../../text/text.ts';
import { legalVariables, type Place } from './legal-variables.ts';

const useStyles = makeStyles({
  root: { display: 'flex', gap: tokens.spacingHorizontalXS, alignItems: 'start', minWidth: 0 },
  input: { flex: '1 1 0', minWidth: 0, fontFamily: tokens.fontFamilyMonospace },
  popover: { maxHeight: '50vh', overflowY: 'auto' },
  name: { fontFamily: tokens.fontFamilyMonospace },
});

/** A text with variables, and a list of those that are legal there: choosing one puts it where the cursor is. */
export function TemplateInput({
  value,
  onChange,
  onBlur,
  place,
  settings,
  lines = 1,
  ...named
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur: () => void;
  readonly place: Place;
  readonly settings: ScepSettings | null;
  readonly lines?: number;
  readonly 'aria-label'?: string;
}) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const insert = (name: VariableName) => {
    const { selectionStart, selectionEnd } = input.current ?? {};
    const from = selectionStart ?? value.length;
    onChange(`${value.slice(0, from)}{{${name}}}${value.slice(selectionEnd ?? from)}`);
    const after = from + name.length + 4;
    // Once the text is there.
    setTimeout(() => {
      input.current?.focus();
      input.current?.setSelectionRange(after, after);
    });
  };
  const common = {
    ...named,
    ref: input,
    value,
    onBlur,
    className: styles.input,
    spellCheck: false,
    onChange: (_: unknown, { value: typed }: { readonly value: string }) => onChange(typed),
  };
  return (
    <div className={styles.root}>
      {lines > 1 ? <Textarea {...common} rows={lines} resize="vertical" /> : <Input {...common} autoComplete="off" />}
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button icon={<BracesVariableRegular />} aria-label={words.insertVariable} disabled={settings === null} />
        </MenuTrigger>
        <MenuPopover className={styles.popover}>
          <MenuList>
            {settings !== null &&
              legalVariables(settings, place).map((name) => (
                <MenuItem key={name} subText={words.variables[name]} onClick={() => insert(name)}>
                  <span className={styles.name}>{name}</span>
                </MenuItem>
              ))}
          </MenuList>
        </MenuPopover>
      </Menu>
    </div>
  );
}
