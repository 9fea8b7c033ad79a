import { Button, Field, ProgressBar, Text } from '@fluentui/react-components';
import { useEffect } from 'react';
import type { Answer } from '../../api/call.ts';
import { keyOf, queryClient, useChange, useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Section } from '../../ui/section.tsx';
import { tellProblem } from '../../ui/toasts.tsx';

export type ObservedImport = NonNullable<Answer<'GET /api/v1/directory/import'>['import']>;

const often = 700;
const address = 'GET /api/v1/directory/import';

/**
 * The import that runs on the server, or ran last. It is one transaction, of which nobody hears anything before its end: as
 * long as it runs it is asked how far it is.
 */
export function useObservedImport(sending: boolean): ObservedImport | null {
  const { data } = useRead(address);
  const observed = data?.import ?? null;
  const runs = sending || observed?.state === 'running';
  useEffect(() => {
    if (!runs) return;
    const look = () => void queryClient.invalidateQueries({ queryKey: keyOf(address) });
    const timer = setInterval(look, often);
    return () => clearInterval(timer);
  }, [runs]);
  return observed;
}

/** What each step is of the whole, as a rule. */
const shares = {
  reading: [0, 0.2],
  comparing: [0.2, 0.3],
  users: [0.3, 0.45],
  groups: [0.45, 0.46],
  devices: [0.46, 0.8],
  members: [0.8, 1],
} as const;

export function ImportProgress({ observed }: { readonly observed: ObservedImport | null }) {
  const words = useText().directoryImport;
  const end = useChange('DELETE /api/v1/directory/import');
  const runs = observed?.state === 'running' ? observed : null;
  const { step = 'reading', done = 0, total = 0 } = runs ?? {};
  const [from, to] = shares[step];
  // It is still being sent.
  const sending = runs === null || total === 0;
  return (
    <Section
      title={runs?.mode === 'apply' ? words.importing : words.looking}
      actions={
        runs !== null && (
          <Button disabled={end.isPending} onClick={() => end.mutateAsync({}).catch(tellProblem)}>
            {words.end}
          </Button>
        )
      }
    >
      <Field label={sending ? words.sending : words.steps[step]}>
        <ProgressBar {...(!sending && { value: from + (to - from) * (done / total) })} />
      </Field>
      <Text>{words.allOrNothing}</Text>
    </Section>
  );
}
