import {
  Button,
  Field,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  mergeClasses,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useRef } from 'react';
import { filterProperties } from '../../../../src/assignments/filter/filter-property.ts';
import { readFilter } from '../../../../src/assignments/filter/read-filter.ts';
import { useText } from '../../text/text.ts';
import type { Platform } from './filter-matches.tsx';

const useStyles = makeStyles({
  root: { display: 'grid', gap: tokens.spacingVerticalS, minWidth: 0 },
  text: { fontFamily: tokens.fontFamilyMonospace, '& textarea': { minHeight: '96px' } },
  findings: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXS },
  finding: { fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere' },
  error: { color: tokens.colorPaletteRedForeground1 },
  place: { padding: 0, minWidth: 0, height: 'auto', fontSize: 'inherit', textDecorationLine: 'underline' },
});

/** The rule of a filter: what is wrong with it while it is written, each at its place, and the properties that there are. */
export function RuleField({
  platform,
  value,
  onChange,
  untouched,
}: {
  readonly platform: Platform;
  readonly value: string;
  readonly onChange: (rule: string) => void;
  /** Nothing was written yet: that it is missing need not be said. */
  readonly untouched: boolean;
}) {
  const styles = useStyles();
  const { filters: words } = useText();
  const area = useRef<HTMLTextAreaElement>(null);
  const { findings } = readFilter(value, platform);
  const shown = untouched && value === '' ? [] : findings;
  const properties = [...filterProperties.values()].filter((each) => each.platforms.includes(platform));
  const insert = (text: string) => {
    const at = area.current?.selectionStart ?? value.length;
    const before = value.slice(0, at);
    const joined =
      before.trim() === '' || /\b(?:and|or)\s*$|\(\s*$/i.test(before)
        ? text
        : `${before.endsWith(' ') ? '' : ' '}and ${text}`;
    onChange(`${before}${joined}${value.slice(at)}`);
    area.current?.focus();
  };
  const goTo = (offset: number) => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, endOfWord(value, offset));
  };
  return (
    <div className={styles.root}>
      <Field
        label={words.rule}
        hint={words.ruleHint}
        required
        validationState={shown.some(({ severity }) => severity === 'error') ? 'error' : 'none'}
      >
        <Textarea
          className={styles.text}
          textarea={{ ref: area, spellCheck: false }}
          resize="vertical"
          value={value}
          onChange={(_, { value: rule }) => onChange(rule)}
        />
      </Field>
      {shown.length > 0 && (
        <ul className={styles.findings} aria-label={words.findings}>
          {shown.map(({ rule, severity, offset = 0, detail, fix }) => (
            <li
              key={`${rule} ${offset}`}
              className={mergeClasses(styles.finding, severity === 'error' && styles.error)}
            >
              <Button appearance="transparent" className={styles.place} onClick={() => goTo(offset)}>
                {words.at(offset + 1)}
              </Button>{' '}
              {detail} {fix}
            </li>
          ))}
        </ul>
      )}
      <div>
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button size="small">{words.insert}</Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              {properties.map(({ name, operators, values }) => (
                <MenuItem
                  key={name}
                  secondaryContent={operators.map((each) => `-${each}`).join(' ')}
                  onClick={() => insert(`(device.${name} -${operators[0] ?? 'eq'} "${values[0] ?? ''}")`)}
                >
                  {`device.${name}`}
                </MenuItem>
              ))}
            </MenuList>
          </MenuPopover>
        </Menu>
      </div>
    </div>
  );
}

function endOfWord(text: string, offset: number): number {
  const [word = ''] = /^[^\s()]+/.exec(text.slice(offset)) ?? [];
  return offset + Math.max(word.length, 1);
}
