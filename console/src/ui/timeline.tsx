/**
 * The story of a deployment, a line for each step. What failed stands open, with what was expected beside what came and what
 * to do; everything can be copied for a ticket.
 */
import {
  Button,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  mergeClasses,
  Text,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkCircleFilled, ClockRegular, CopyRegular, DismissCircleFilled } from '@fluentui/react-icons';
import type { Answer } from '../api/call.ts';
import { useRead } from '../api/queries.ts';
import { useLanguage, useText } from '../text/text.ts';
import { Copyable } from './copyable.tsx';
import { Facts } from './facts.tsx';
import { Loaded } from './page.tsx';
import { exactText, RelativeTime } from './relative-time.tsx';
import { tell } from './toasts.tsx';

type Story = Answer<'GET /api/v1/deployments/{deployment}/timeline'>;
type Step = Story['steps'][number];

const icons = { ok: CheckmarkCircleFilled, waiting: ClockRegular, failed: DismissCircleFilled } as const;

const useStyles = makeStyles({
  steps: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column' },
  step: { borderBottom: `1px solid ${tokens.colorNeutralStroke3}`, padding: `${tokens.spacingVerticalXS} 0` },
  line: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    columnGap: tokens.spacingHorizontalS,
    cursor: 'pointer',
  },
  icon: { alignSelf: 'center', flexShrink: 0 },
  ok: { color: tokens.colorPaletteGreenForeground1 },
  waiting: { color: tokens.colorBrandForeground1 },
  failed: { color: tokens.colorPaletteRedForeground1 },
  name: { fontWeight: tokens.fontWeightSemibold, flex: '1 1 160px' },
  side: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, fontVariantNumeric: 'tabular-nums' },
  more: {
    padding: `${tokens.spacingVerticalS} 0 ${tokens.spacingVerticalS} ${tokens.spacingHorizontalXL}`,
    display: 'grid',
    gap: tokens.spacingVerticalS,
  },
  differences: {
    borderCollapse: 'collapse',
    width: '100%',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: tokens.spacingHorizontalXS,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
      overflowWrap: 'anywhere',
    },
  },
  head: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM, flexWrap: 'wrap' },
  grows: { flex: '1 1 auto' },
});

export function Timeline({ deployment }: { readonly deployment: string }) {
  const styles = useStyles();
  const text = useText();
  const language = useLanguage();
  const story = useRead('GET /api/v1/deployments/{deployment}/timeline', { path: { deployment } });
  return (
    <Loaded query={story}>
      {(found) => (
        <>
          <div className={styles.head}>
            <Text className={styles.grows}>{text.timeline.explain}</Text>
            <Button
              size="small"
              icon={<CopyRegular />}
              onClick={() =>
                void navigator.clipboard.writeText(ticketText(found, language)).then(() => tell(text.words.copied))
              }
            >
              {text.timeline.copy}
            </Button>
          </div>
          {found.findings.map(({ code, detail, causes }) => (
            <MessageBar key={code} intent="warning" layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>{detail}</MessageBarTitle>
                <ul>
                  {causes.map(({ cause, whatToDo, evidence }) => (
                    <li key={cause}>
                      {cause} {evidence} <strong>{whatToDo}</strong>
                    </li>
                  ))}
                </ul>
              </MessageBarBody>
            </MessageBar>
          ))}
          {found.cut && <Text className={styles.side}>{text.timeline.cut}</Text>}
          <ol className={styles.steps}>
            {found.steps.map((step, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id, and what has happened keeps its place.
              <StepLine key={at} step={step} />
            ))}
          </ol>
          {found.steps.length === 0 && <Text>{text.timeline.empty}</Text>}
        </>
      )}
    </Loaded>
  );
}

function StepLine({ step }: { readonly step: Step }) {
  const styles = useStyles();
  const text = useText();
  const words = text.timeline;
  const { name, at, duration, outcome, node, clientAddress, actor, requestId, algorithms, reason, guidance } = step;
  const Icon = icons[outcome];
  return (
    <li className={styles.step}>
      <details open={outcome === 'failed'}>
        <summary className={styles.line}>
          <Icon className={mergeClasses(styles.icon, styles[outcome])} aria-hidden />
          <span className={styles.name}>
            {words.steps[name]} <span className={styles.side}>{outcome === 'ok' ? null : words.outcomes[outcome]}</span>
          </span>
          <span className={styles.side}>{duration === null ? null : words.milliseconds(duration)}</span>
          <span className={styles.side}>
            <RelativeTime at={at} />
          </span>
        </summary>
        <div className={styles.more}>
          {guidance && (
            <MessageBar intent={outcome === 'failed' ? 'error' : 'info'} layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>{guidance.meaning}</MessageBarTitle>
                {guidance.whatToDo}
              </MessageBarBody>
            </MessageBar>
          )}
          <Differences step={step} />
          <Facts
            facts={[
              [words.reason, reason],
              [words.code, guidance?.validationCode],
              [words.by, actor?.name],
              [words.address, clientAddress],
              [words.node, node],
              [words.algorithms, Object.values(algorithms).join(', ') || null],
              [words.requestId, requestId && <Copyable value={requestId} what={words.requestId} />],
              ...Object.entries(step.detail)
                .filter(([, value]) => value !== null && typeof value !== 'object')
                .map(([key, value]) => [key, String(value)] as const),
            ]}
          />
        </div>
      </details>
    </li>
  );
}

function Differences({ step: { differences } }: { readonly step: Step }) {
  const styles = useStyles();
  const { timeline: words } = useText();
  if (differences.length === 0) return null;
  return (
    <table className={styles.differences}>
      <thead>
        <tr>
          <th scope="col">{words.field}</th>
          <th scope="col">{words.expected}</th>
          <th scope="col">{words.received}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ field, expected, received }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td>{shown(expected)}</td>
            <td>{shown(received)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Plain lines, for whoever gets the ticket. */
function ticketText({ deployment, steps, findings }: Story, language: string): string {
  const line = ({ at, name, outcome, duration, node, clientAddress, requestId, reason, guidance, differences }: Step) =>
    [
      `${exactText(at, language)}  ${outcome === 'ok' ? ' ' : outcome.toUpperCase()}  ${name}`,
      duration === null ? '' : `${duration} ms`,
      node,
      clientAddress ?? '',
      requestId ?? '',
      reason ?? '',
      guidance === null ? '' : `${guidance.meaning} ${guidance.whatToDo}`,
      ...differences.map(
        ({ field, expected, received }) => `${field}: expected ${shown(expected)}, received ${shown(received)}`,
      ),
    ]
      .filter((part) => part !== '')
      .join('  ');
  const about = `${deployment.profileSlug ?? deployment.profileId} on ${deployment.deviceName ?? deployment.deviceId} (${deployment.id}): ${deployment.state}`;
  return [about, ...findings.map(({ detail }) => detail), ...steps.map(line)].join('\n');
}
