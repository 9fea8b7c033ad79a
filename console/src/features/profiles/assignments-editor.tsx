/**
 * Who gets a profile, to be edited: whom it includes and whom it excludes, with filters; each line says how many devices it
 * reaches and what the rules say of it.
 */
import { Button, makeStyles, Select, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons';
import { useId, useRef } from 'react';
import { useAsk, useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { FieldNotes, useFieldNotes } from '../../ui/field-notes.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useSettled } from '../../ui/use-settled.ts';
import { type AssignmentLine, lineKey, targetKey } from './assignment-lines.ts';
import { notesOf, type ShownFinding } from './finding-notes.ts';
import type { Platform } from './profile-types.ts';
import { TargetName, useTargetName } from './target-name.tsx';
import { TargetPicker } from './target-picker.tsx';

const useStyles = makeStyles({
  root: { display: 'grid', gap: tokens.spacingVerticalXL, minWidth: 0 },
  part: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  title: { margin: 0 },
  lines: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', minWidth: 0 },
  line: {
    display: 'grid',
    gap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} 0`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    minWidth: 0,
  },
  main: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM, minWidth: 0 },
  name: { flex: '1 1 200px', minWidth: 0, overflowWrap: 'anywhere' },
  kind: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  count: { flex: '0 0 110px', fontVariantNumeric: 'tabular-nums', fontSize: tokens.fontSizeBase200 },
  filter: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, flex: '0 1 auto', minWidth: 0 },
  select: { maxWidth: '220px', minWidth: '120px' },
  none: { color: tokens.colorNeutralForeground2 },
});

export function AssignmentsEditor({
  platform,
  value,
  onChange,
}: {
  readonly platform: Platform;
  readonly value: readonly AssignmentLine[];
  readonly onChange: (value: AssignmentLine[]) => void;
}) {
  const styles = useStyles();
  const settled = useSettled(value);
  const { data, error, isPlaceholderData } = useAsk(
    'POST /api/v1/assignments/preview',
    { body: { platform, items: [...settled] } },
    { enabled: settled.length > 0, keep: true },
  );
  // What was said of other lines says nothing of these; how many one reaches depends on no other.
  const answer = isPlaceholderData ? undefined : data;
  const fresh = JSON.stringify(settled) === JSON.stringify(value);
  const counts = useRef(new Map<string, number>());
  for (const [at, line] of settled.entries()) {
    const devices = answer?.items[at]?.devices;
    if (devices !== undefined) counts.current.set(JSON.stringify(line), devices);
  }
  const findings: readonly ShownFinding[] = fresh ? (answer?.findings ?? []) : [];
  const general = useFieldNotes('assignments');
  return (
    <div className={styles.root}>
      {(['include', 'exclude'] as const).map((mode) => (
        <Part
          key={mode}
          mode={mode}
          platform={platform}
          value={value}
          onChange={onChange}
          countOf={(line) => counts.current.get(JSON.stringify(line))}
          findingsOf={(at) => findings.filter(({ path }) => path.startsWith(`assignments.${at}.`))}
        />
      ))}
      {value.length > 0 && <ProblemBar error={error} />}
      <FieldNotes notes={general} />
    </div>
  );
}

function Part({
  mode,
  platform,
  value,
  onChange,
  countOf,
  findingsOf,
}: {
  readonly mode: AssignmentLine['mode'];
  readonly platform: Platform;
  readonly value: readonly AssignmentLine[];
  readonly onChange: (value: AssignmentLine[]) => void;
  readonly countOf: (line: AssignmentLine) => number | undefined;
  readonly findingsOf: (at: number) => readonly ShownFinding[];
}) {
  const styles = useStyles();
  const { assignments: words } = useText();
  const id = useId();
  const own = [...value.entries()].filter(([, line]) => line.mode === mode);
  return (
    <section className={styles.part} aria-labelledby={id}>
      <Text as="h3" id={id} weight="semibold" size={400} className={styles.title}>
        {words.parts[mode]}
      </Text>
      <TargetPicker
        label={words.add[mode]}
        platform={platform}
        taken={new Set(own.map(([, { target }]) => targetKey(target)))}
        onPick={(target) => onChange([...value, { mode, target, filter: null }])}
      />
      {own.length === 0 && <Text className={styles.none}>{words.none[mode]}</Text>}
      {own.length > 0 && (
        <ul className={styles.lines} aria-label={words.parts[mode]}>
          {own.map(([at, line]) => (
            <Line
              key={lineKey(line)}
              line={line}
              platform={platform}
              count={countOf(line)}
              findings={findingsOf(at)}
              onChange={(changed) => onChange(value.map((each, n) => (n === at ? changed : each)))}
              onRemove={() => onChange(value.filter((_, n) => n !== at))}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({
  line,
  platform,
  count,
  findings,
  onChange,
  onRemove,
}: {
  readonly line: AssignmentLine;
  readonly platform: Platform;
  readonly count: number | undefined;
  readonly findings: readonly ShownFinding[];
  readonly onChange: (line: AssignmentLine) => void;
  readonly onRemove: () => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.assignments;
  const { mode, target } = line;
  const name = useTargetName(target);
  const kind = target.kind === 'allUsers' || target.kind === 'allDevices' ? null : words.kind[target.kind];
  return (
    <li className={styles.line}>
      <div className={styles.main}>
        <span className={styles.name}>
          <TargetName target={target} /> {kind && <span className={styles.kind}>{kind}</span>}
        </span>
        <span className={styles.count}>{count === undefined ? text.list.loading : words.reaches(count)}</span>
        {mode === 'include' && <FilterChoice line={line} platform={platform} onChange={onChange} />}
        <Button
          appearance="subtle"
          icon={<DeleteRegular />}
          aria-label={words.takeAway(name)}
          title={text.words.delete}
          onClick={onRemove}
        />
      </div>
      <FieldNotes notes={notesOf(findings)} />
    </li>
  );
}

const allFilters = 200;

function FilterChoice({
  line,
  platform,
  onChange,
}: {
  readonly line: AssignmentLine;
  readonly platform: Platform;
  readonly onChange: (line: AssignmentLine) => void;
}) {
  const styles = useStyles();
  const { assignments: words } = useText();
  const filters = useRead('GET /api/v1/filters', { query: { platform, limit: allFilters } });
  const known = filters.data?.items ?? [];
  const { filter } = line;
  const [first] = known;
  if (first === undefined && filter === null) return null;
  return (
    <div className={styles.filter}>
      <Select
        className={styles.select}
        aria-label={words.filterMode}
        value={filter?.mode ?? ''}
        onChange={(_, { value }) => {
          const filterId = filter?.filterId ?? first?.id;
          const mode = value === 'include' || value === 'exclude' ? value : null;
          onChange({ ...line, filter: mode === null || filterId === undefined ? null : { filterId, mode } });
        }}
      >
        <option value="">{words.filterModes.none}</option>
        <option value="include">{words.filterModes.include}</option>
        <option value="exclude">{words.filterModes.exclude}</option>
      </Select>
      {filter !== null && (
        <Select
          className={styles.select}
          aria-label={words.filter}
          value={filter.filterId}
          onChange={(_, { value }) => onChange({ ...line, filter: { ...filter, filterId: value } })}
        >
          {known.every(({ id }) => id !== filter.filterId) && (
            <option value={filter.filterId}>{filter.filterId}</option>
          )}
          {known.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </div>
  );
}
