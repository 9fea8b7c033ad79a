/** All that was said, who would get it and who cannot, before it is done. */
import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import type { Finding } from '../../../../../src/profiles/finding.ts';
import { call } from '../../../api/call.ts';
import { useText } from '../../../text/text.ts';
import { FieldNotes } from '../../../ui/field-notes.tsx';
import { ProblemBar } from '../../../ui/problem-bar.tsx';
import { Section } from '../../../ui/section.tsx';
import { type Impact, ImpactView } from '../impact-view.tsx';
import { type StepName, stepOfFinding } from './field-of-finding.ts';
import type { ProfileForm } from './profile-form.ts';
import { ProfileSummary } from './profile-summary.tsx';
import type { ProfileReview } from './use-profile-review.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  line: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'start' },
  note: { flex: '1 1 240px', minWidth: 0 },
});

export function ReviewStep({
  review,
  values,
  trusted,
  onGoTo,
}: {
  readonly review: ProfileReview;
  readonly values: ProfileForm;
  readonly trusted: readonly TrustedCandidate[] | undefined;
  readonly onGoTo: (step: StepName) => void;
}) {
  const { profileEditor: words } = useText();
  const errors = review.findings.filter(({ severity }) => severity === 'error');
  const others = review.findings.filter(({ severity }) => severity !== 'error');
  return (
    <>
      {errors.length > 0 && (
        <Section title={words.reviewToMend}>
          <Findings findings={errors} onGoTo={onGoTo} />
        </Section>
      )}
      {errors.length === 0 && (
        <Section title={words.reach}>
          {values.assignments.length === 0 ? words.reachNothing : <Reach document={review.document} />}
        </Section>
      )}
      {others.length > 0 && (
        <Section title={words.reviewNotes}>
          <Findings findings={others} onGoTo={onGoTo} />
        </Section>
      )}
      <ProfileSummary values={values} trusted={trusted} />
    </>
  );
}

function Findings({
  findings,
  onGoTo,
}: {
  readonly findings: readonly Finding[];
  readonly onGoTo: (step: StepName) => void;
}) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  return (
    <ul className={styles.list}>
      {findings.map(({ rule, severity, path, detail, fix }) => {
        const step = stepOfFinding(path);
        return (
          <li key={`${rule} ${path} ${detail}`} className={styles.line}>
            <div className={styles.note}>
              <FieldNotes notes={[{ tone: severity, text: detail, fix, mends: [] }]} />
            </div>
            <Button size="small" onClick={() => onGoTo(step)}>
              {words.steps[step]}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

/** A dry run of what saving does. */
function Reach({ document }: { readonly document: ProfileReview['document'] }) {
  const text = JSON.stringify(document);
  const [impact, setImpact] = useState<Impact | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const left = new AbortController();
    const body = { document: JSON.parse(text) as Record<string, unknown>, limit: 20 };
    call('POST /api/v1/profiles/impact', { body }, { signal: left.signal }).then(
      (answer) => {
        // What was found stands below it.
        setImpact({ ...answer, findings: [] });
        setError(null);
      },
      (reason: unknown) => {
        if (!left.signal.aborted) setError(reason);
      },
    );
    return () => left.abort();
  }, [text]);
  if (error !== null) return <ProblemBar error={error} />;
  if (impact === null) return <Spinner size="tiny" />;
  return <ImpactView impact={impact} focus={null} />;
}
