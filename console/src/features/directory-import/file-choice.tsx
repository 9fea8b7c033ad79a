import { Button, makeStyles, mergeClasses, Select, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular, DocumentAddRegular } from '@fluentui/react-icons';
import { type DragEvent, useRef, useState } from 'react';
import { useText } from '../../text/text.ts';
import { type ChosenFile, type ImportKind, importKinds, kindOf, usualNames } from './chosen-file.ts';

const useStyles = makeStyles({
  zone: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalXL,
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    textAlign: 'center',
  },
  over: { backgroundColor: tokens.colorNeutralBackground1Hover },
  hint: { color: tokens.colorNeutralForeground3 },
  hidden: { display: 'none' },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  item: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  name: { flex: '1 1 200px', overflowWrap: 'anywhere' },
});

let last = 0;

export function FileChoice({
  files,
  disabled,
  onChange,
}: {
  readonly files: readonly ChosenFile[];
  readonly disabled: boolean;
  readonly onChange: (files: readonly ChosenFile[]) => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.directoryImport;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const add = async (chosen: readonly File[]) => {
    const added = await Promise.all(chosen.map(async (file) => ({ id: ++last, file, kind: await kindOf(file) })));
    // The same file chosen again is the newer one of the two.
    const kept = files.filter(({ file }) => !chosen.some(({ name }) => name === file.name));
    if (added.length > 0) onChange([...kept, ...added]);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) void add([...event.dataTransfer.files]);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same without a mouse */}
      <div
        className={mergeClasses(styles.zone, over && styles.over)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Button icon={<DocumentAddRegular />} disabled={disabled} onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
        <Text className={styles.hint}>{words.chooseHint(Object.values(usualNames).join(', '))}</Text>
        <input
          ref={input}
          className={styles.hidden}
          type="file"
          multiple
          accept=".csv,text/csv"
          aria-label={words.choose}
          tabIndex={-1}
          onChange={({ target }) => {
            void add([...(target.files ?? [])]);
            target.value = '';
          }}
        />
      </div>
      {files.length > 0 && (
        <ul className={styles.list}>
          {files.map(({ id, file, kind }) => (
            <li key={id} className={styles.item}>
              <span className={styles.name}>{file.name}</span>
              <Text className={styles.hint}>{words.size(file.size)}</Text>
              <Select
                aria-label={words.whatIsIn(file.name)}
                value={kind ?? ''}
                disabled={disabled}
                onChange={(_, { value }) =>
                  onChange(
                    files.map((each) =>
                      each.id === id ? { ...each, kind: (value || null) as ImportKind | null } : each,
                    ),
                  )
                }
              >
                <option value="">{words.unknownKind}</option>
                {importKinds.map((each) => (
                  <option key={each} value={each}>
                    {words.kinds[each]}
                  </option>
                ))}
              </Select>
              <Button
                appearance="subtle"
                icon={<DeleteRegular />}
                aria-label={words.leaveOut(file.name)}
                disabled={disabled}
                onClick={() => onChange(files.filter((each) => each.id !== id))}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
