import { Button, Field, MessageBar, MessageBarBody, ProgressBar, Text } from '@fluentui/react-components';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';

/** For who looks at an installation that has nothing yet: the sample organisation, and how far it is. */
export function SampleOffer() {
  const text = useText();
  const words = text.overview.sample;
  const may = useMay();
  const sample = useRead('GET /api/v1/sample-organisation', {}, { enabled: may('settings.read') });
  const load = useChange('POST /api/v1/sample-organisation');
  if (sample.data === undefined) return null;
  const { state, step, done, total, enrolled, detail } = sample.data;
  const begins = state === 'open' || state === 'failed';
  if (state !== 'running' && !(begins && may('settings.write'))) return null;
  return (
    <Section
      title={words.title}
      actions={
        begins && (
          <Button disabled={load.isPending} onClick={() => load.mutate({})}>
            {words.load}
          </Button>
        )
      }
    >
      <ProblemBar error={load.error} />
      {state === 'failed' && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{words.failed(detail ?? '')}</MessageBarBody>
        </MessageBar>
      )}
      {begins ? (
        <Text>{words.hint}</Text>
      ) : (
        <Field label={step === 'directory' ? words.directory : words.devices(done, total, enrolled)}>
          <ProgressBar {...(total > 0 && { value: done / total })} />
        </Field>
      )}
    </Section>
  );
}
