import { Button, MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { writeCsv } from '../../../../src/formats/csv/write-csv.ts';
import type { Problem } from '../../api/problem.ts';
import { useText } from '../../text/text.ts';
import { Section } from '../../ui/section.tsx';

type Fault = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly detail: string;
};

const useStyles = makeStyles({
  scroller: { maxHeight: '50vh', overflow: 'auto' },
  table: {
    width: '100%',
    borderCollapse: 'collapse',
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    },
    '& td:last-child': { overflowWrap: 'anywhere' },
  },
});

/** Every mistake by its place. Nothing was changed. */
export function ImportFaults({ problem }: { readonly problem: Problem }) {
  const styles = useStyles();
  const words = useText().directoryImport;
  const { faults = [], total = 0 } = problem.params as { faults?: readonly Fault[]; total?: number };
  const download = () => {
    const rows = faults.map(({ file, line, column, code, detail }) => [
      file,
      String(line),
      String(column),
      code,
      detail,
    ]);
    const csv = writeCsv([['file', 'line', 'column', 'code', 'detail'], ...rows]);
    const address = URL.createObjectURL(new Blob(['\ufeff', csv], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'import-mistakes.csv';
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return (
    <Section
      title={words.faults(total)}
      actions={
        <Button icon={<ArrowDownloadRegular />} onClick={download}>
          {words.downloadFaults}
        </Button>
      }
    >
      <MessageBar intent="warning" role="alert" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{words.refused}</MessageBarTitle> {words.refusedHint}
          {total > faults.length && ` ${words.firstFaults(faults.length)}`}
        </MessageBarBody>
      </MessageBar>
      <div className={styles.scroller} role="group" tabIndex={0} aria-label={words.faults(total)}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{words.file}</th>
              <th scope="col">{words.line}</th>
              <th scope="col">{words.column}</th>
              <th scope="col">{words.wrong}</th>
            </tr>
          </thead>
          <tbody>
            {faults.map(({ file, line, column, code, detail }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two mistakes may be the same but for their place in the list, which does not change
              <tr key={at}>
                <td>{file}</td>
                <td>{line}</td>
                <td>{column}</td>
                <td title={code}>{detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
