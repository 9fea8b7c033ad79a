/** Somebody else saved what is being edited: what they did and what I did, side by side; both are kept where they fit. */
import {
  Button,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Radio,
  RadioGroup,
  Text,
  tokens,
} from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { useText } from '../text/text.ts';
import { differences, merged } from './three-way.ts';

const useStyles = makeStyles({
  bar: { alignItems: 'start' },
  scroller: { overflowX: 'auto', maxWidth: '100%' },
  table: {
    width: '100%',
    minWidth: '480px',
    borderCollapse: 'collapse',
    tableLayout: 'fixed',
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: tokens.spacingVerticalXS,
      overflowWrap: 'anywhere',
      borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    },
  },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, paddingTop: tokens.spacingVerticalS },
  none: { color: tokens.colorNeutralForeground3 },
});

export function MergeBar<Value>({
  before,
  theirs,
  mine,
  nameOf = (path) => path,
  show = told,
  onTake,
}: {
  /** As both had it. */
  readonly before: Value;
  readonly theirs: Value;
  readonly mine: Value;
  readonly nameOf?: (path: string) => ReactNode;
  readonly show?: (value: unknown) => ReactNode;
  readonly onTake: (value: Value) => void;
}) {
  const styles = useStyles();
  const { errors: words } = useText();
  const found = differences(before, theirs, mine);
  const [own, setOwn] = useState<ReadonlySet<string>>(new Set());
  const choose = (path: string, take: boolean) => {
    const chosen = new Set(own);
    if (take) chosen.add(path);
    else chosen.delete(path);
    setOwn(chosen);
  };
  return (
    <MessageBar intent="warning" layout="multiline" role="alert" className={styles.bar}>
      <MessageBarBody>
        <MessageBarTitle>{words.changedTitle}</MessageBarTitle> {words.mergeExplain}
        <div className={styles.scroller} role="group" aria-label={words.changedTitle} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{words.field}</th>
                <th scope="col">{words.theirs}</th>
                <th scope="col">{words.mine}</th>
                <th scope="col">{words.result}</th>
              </tr>
            </thead>
            <tbody>
              {found.map(({ path, theirs: one, mine: other, by }) => (
                <tr key={path}>
                  <th scope="row">{nameOf(path)}</th>
                  <td>{show(one)}</td>
                  <td>{show(other)}</td>
                  <td>
                    {by === 'both' ? (
                      <RadioGroup
                        aria-label={words.whoseHolds(path)}
                        value={own.has(path) ? 'mine' : 'theirs'}
                        onChange={(_, { value }) => choose(path, value === 'mine')}
                      >
                        <Radio value="theirs" label={words.theirs} />
                        <Radio value="mine" label={words.mine} />
                      </RadioGroup>
                    ) : (
                      <Text className={styles.none}>{by === 'me' ? words.mine : words.theirs}</Text>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div className={styles.buttons}>
          <Button appearance="primary" onClick={() => onTake(merged(theirs, found, (path) => own.has(path)))}>
            {words.merge}
          </Button>
          <Button onClick={() => onTake(mine)}>{words.overwrite}</Button>
          <Button onClick={() => onTake(theirs)}>{words.takeTheirs}</Button>
        </div>
      </MessageBarBody>
    </MessageBar>
  );
}

const noValue = '–';

function told(value: unknown): string {
  if (value === undefined || value === null || value === '') return noValue;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
