import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';

const tones: Readonly<Record<'done' | 'ready' | 'blocked', Tone>> = {
  done: 'good',
  ready: 'waiting',
  blocked: 'neutral',
};

const useStyles = makeStyles({
  steps: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, display: 'grid', gap: tokens.spacingVerticalM },
  head: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'center' },
});

type StepName = 'next' | 'announce' | 'distribute' | 'switch' | 'finish';

/** From one key of the issuer to the next, a step at a time; each says what it does, or what it waits for. */
export function Rollover({ authority }: { readonly authority: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.authority;
  const may = useMay();
  const rollover = useRead('GET /api/v1/authorities/{authority}/rollover', { path: { authority } });
  const take = useChange('POST /api/v1/authorities/{authority}/rollover');
  const [asked, setAsked] = useState<StepName | null>(null);
  const detail = rollover.data?.steps.find(({ step }) => step === asked)?.detail;
  return (
    <Section title={words.rollover}>
      <Text>{words.rolloverExplain}</Text>
      <Loaded query={rollover}>
        {({ steps }) => (
          <ol className={styles.steps}>
            {steps.map(({ step, state, detail: what, lacks }) => (
              <li key={step}>
                <div className={styles.head}>
                  <strong>{words.steps[step]}</strong>
                  <StatusBadge tone={tones[state]}>{words.stepStates[state]}</StatusBadge>
                  {state === 'ready' && may('authority.write') && (
                    <Button size="small" onClick={() => setAsked(step)}>
                      {words.takeStep}
                    </Button>
                  )}
                </div>
                <div>{what}</div>
                {lacks !== null && state === 'blocked' && <div>{lacks}</div>}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      <ConfirmDialog
        open={asked !== null}
        title={asked === null ? '' : words.steps[asked]}
        action={words.takeStep}
        onConfirm={async () => {
          if (asked !== null) await take.mutateAsync({ path: { authority }, body: { step: asked } });
        }}
        onClose={() => setAsked(null)}
      >
        <Text>{detail}</Text>
      </ConfirmDialog>
    </Section>
  );
}
