/** Users, groups, memberships and devices from CSV files: chosen, looked at before anything happens, then taken in. */
import { Field, Input, MessageBar, MessageBarBody, makeStyles, Switch, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { Answer } from '../../api/call.ts';
import { isProblem } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { type ChosenFile, canBeRead } from './chosen-file.ts';
import { FileChoice } from './file-choice.tsx';
import { ImportFaults } from './import-faults.tsx';
import { ImportOutcome } from './import-outcome.tsx';
import { ImportPreview } from './import-preview.tsx';
import { ImportProgress, useObservedImport } from './import-progress.tsx';

export { ImportPage as Page };

type Result = Answer<'POST /api/v1/directory/import'>;

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'end' },
  percent: { width: '96px' },
});

function ImportPage() {
  const text = useText();
  const words = text.directoryImport;
  const styles = useStyles();
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const [prune, setPrune] = useState(false);
  const [limit, setLimit] = useState('10');
  const [preview, setPreview] = useState<Result | null>(null);
  const [done, setDone] = useState<Result | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const send = useChange('POST /api/v1/directory/import');
  const observed = useObservedImport(send.isPending);

  /** Whatever is said of other files or other options is not about these. */
  const forget = () => {
    setPreview(null);
    setDone(null);
    setWrong(null);
    send.reset();
  };
  const run = async (dryRun: boolean) => {
    setWrong(faultOf(files, words));
    if (faultOf(files, words) !== null) return;
    for (const { file } of files)
      if (!(await canBeRead(file))) {
        setWrong(words.unreadable(file.name));
        return;
      }
    const body = new FormData();
    for (const { file, kind } of files) if (kind !== null) body.set(kind, file);
    const query = { dryRun: dryRun ? ('true' as const) : undefined, pruneLimit: prune ? Number(limit) : undefined };
    setPreview(null);
    try {
      const { answer } = await send.mutateAsync({ query, body });
      if (answer.kind === 'planned') setPreview(answer);
      else setDone(answer);
    } catch {
      // Shown beneath.
    }
  };

  const elsewhere = !send.isPending && observed?.state === 'running';
  const refused = isProblem(send.error, 'import-refused') ? send.error : null;
  const busy = send.isPending || elsewhere;
  return (
    <Page title={words.title} description={words.description} crumbs={[{ title: text.devices.title, to: '/devices' }]}>
      {done === null && (
        <Section title={words.files}>
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              void run(true);
            }}
          >
            <FileChoice
              files={files}
              disabled={busy}
              onChange={(changed) => {
                forget();
                setFiles(changed);
              }}
            />
            <div className={styles.row}>
              <Switch
                label={words.prune}
                checked={prune}
                disabled={busy}
                onChange={(_, { checked }) => {
                  forget();
                  setPrune(checked);
                }}
              />
              {prune && (
                <Field label={words.pruneLimit}>
                  <Input
                    className={styles.percent}
                    type="number"
                    min={0}
                    max={100}
                    value={limit}
                    disabled={busy}
                    onChange={(_, { value }) => {
                      forget();
                      setLimit(value);
                    }}
                  />
                </Field>
              )}
            </div>
            {wrong !== null && (
              <MessageBar intent="warning" role="alert" layout="multiline">
                <MessageBarBody>{wrong}</MessageBarBody>
              </MessageBar>
            )}
            {!busy && preview === null && (
              <div>
                <SubmitButton busy={false}>{words.preview}</SubmitButton>
              </div>
            )}
          </form>
        </Section>
      )}
      {busy && <ImportProgress observed={observed} />}
      {!busy && refused !== null && <ImportFaults problem={refused} />}
      {!busy && send.error !== null && refused === null && <ProblemBar error={send.error} />}
      {!busy && preview !== null && <ImportPreview plan={preview} onImport={() => void run(false)} />}
      {done !== null && (
        <ImportOutcome
          counts={done.counts}
          onMore={() => {
            forget();
            setFiles([]);
          }}
        />
      )}
      {/* Of an import that was begun before this page was loaded, or by somebody else. */}
      {!busy && done === null && preview === null && send.error === null && observed?.outcome && (
        <ImportOutcome observed={observed} counts={observed.outcome.counts} />
      )}
    </Page>
  );
}

function faultOf(files: readonly ChosenFile[], words: ReturnType<typeof useText>['directoryImport']): string | null {
  if (files.length === 0) return words.chooseFirst;
  const unknown = files.find(({ kind }) => kind === null);
  if (unknown !== undefined) return words.sayWhat(unknown.file.name);
  const twice = files.find(({ kind }, at) => files.findIndex((other) => other.kind === kind) < at);
  return twice === undefined ? null : words.twice(twice.file.name);
}
