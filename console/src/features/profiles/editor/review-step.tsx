/** All that was said, who would get it and who cannot, before it is done. */
import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import type { Finding } from '../../../../../src/profiles/finding.ts';
import { type Answer, call } from '../../../api/call.ts';
import { useText } from '../../../text/text.ts';
import { FieldNotes } from '../../../ui/field-notes.tsx';
import { Link } from '../../../ui/link.tsx';
import { ProblemBar } from '../../../ui/problem-bar.tsx';
import { Section } from '../../../ui/section.tsx';
import { type StepName, stepOfFinding } from './field-of-finding.ts';
import type { ProfileForm } from './profile-form.ts';
import { ProfileSummary } from './profile-summary.tsx';
import type { ProfileReview } from './use-profile-review.ts';

type Impact = Answer<'POST /api/v1/profiles/impact'>['profiles'][number];

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  line: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'start' },
  note: { flex: '1 1 240px', minWidth: 0 },
  names: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
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
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const text = JSON.stringify(document);
  const [impact, setImpact] = useState<Impact | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const left = new AbortController();
    const body = { document: JSON.parse(text) as Record<string, unknown>, limit: 20 };
    call('POST /api/v1/profiles/impact', { body }, { signal: left.signal }).then(
      ({ profiles }) => {
        setImpact(profiles[0] ?? null);
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
  const { gain, blocked } = impact.counts;
  return (
    <>
      <Text>{words.reachCounts(gain, blocked)}</Text>
      {gain > 0 && <Devices title={words.gets} items={impact.first} effect="gain" all={gain} />}
      {blocked > 0 && (
        <>
          <Text weight="semibold">{words.blockedBy}</Text>
          <ul className={styles.names}>
            {impact.blocked.map(({ code, variable, reason, count }) => (
              <li key={`${code} ${variable} ${reason}`}>
                {variable === null ? code : `{{${variable}}}: ${reason ?? code}`} ({words.blockedReason(count)})
              </li>
            ))}
          </ul>
          <Devices title={words.cannot} items={impact.first} effect="blocked" all={blocked} />
        </>
      )}
    </>
  );
}

function Devices({
  title,
  items,
  effect,
  all,
}: {
  readonly title: string;
  readonly items: Impact['first'];
  readonly effect: 'gain' | 'blocked';
  readonly all: number;
}) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const shown = items.filter((item) => item.effect === effect);
  return (
    <details>
      <summary>
        {title}
        {shown.length < all && ` · ${words.firstOnly(shown.length, all)}`}
      </summary>
      <ul className={styles.names}>
        {shown.map(({ device, user, subject, problem }) => (
          <li key={`${device.id} ${user?.id}`}>
            <Link to={`/devices/${encodeURIComponent(device.id)}`}>{device.deviceName}</Link>
            {user !== null && ` · ${user.userPrincipalName}`}
            {subject !== null && `: ${subject}`}
            {problem !== null && `: ${problem.detail}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
