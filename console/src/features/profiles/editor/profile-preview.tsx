/** What one real device would get, while the profile is written: asked of the server, which does nothing with it. */
import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import { type Answer, call } from '../../../api/call.ts';
import { Problem } from '../../../api/problem.ts';
import { useRead } from '../../../api/queries.ts';
import { useText } from '../../../text/text.ts';
import { Facts } from '../../../ui/facts.tsx';
import { ProblemBar } from '../../../ui/problem-bar.tsx';
import { ExactTime } from '../../../ui/relative-time.tsx';
import { SearchPicker } from '../../../ui/search-picker.tsx';
import { StatusBadge } from '../../../ui/status-badge.tsx';
import type { Platform } from './profile-form.ts';
import type { ProfileReview } from './use-profile-review.ts';

type Preview = Answer<'POST /api/v1/profiles/preview'>;

const useStyles = makeStyles({
  root: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    padding: tokens.spacingHorizontalL,
    maxHeight: 'calc(100vh - 180px)',
    overflowY: 'auto',
    '@media (max-width: 960px)': { maxHeight: 'none' },
  },
  summary: { cursor: 'pointer', fontWeight: tokens.fontWeightSemibold, fontSize: tokens.fontSizeBase400 },
  body: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, paddingTop: tokens.spacingVerticalM },
  plain: { listStyleType: 'none', margin: 0, padding: 0, overflowWrap: 'anywhere' },
});

/** Milliseconds without a key pressed. */
const pause = 400;

export function ProfilePreview({
  review,
  trusted,
  platform,
}: {
  readonly review: ProfileReview;
  readonly trusted: readonly TrustedCandidate[] | undefined;
  readonly platform: Platform;
}) {
  const styles = useStyles();
  const { profileEditor: words } = useText();
  const [search, setSearch] = useState('');
  const [device, setDevice] = useState<{ readonly id: string; readonly name: string } | null>(null);
  const found = useRead(
    'GET /api/v1/devices',
    { query: { platform, limit: 20, ...(search.trim() !== '' && { search: search.trim() }) } },
    { keep: true },
  );
  const items = found.data?.items ?? [];
  const [first] = items;
  const shown = device ?? (first === undefined ? null : { id: first.id, name: first.deviceName });
  const [wide] = useState(() => matchMedia('(min-width: 961px)').matches);
  return (
    <details className={styles.root} open={wide}>
      <summary className={styles.summary}>{words.preview}</summary>
      <div className={styles.body}>
        <SearchPicker
          label={words.previewDevice}
          value={shown?.name ?? ''}
          choices={items.map(({ id, deviceName, serialNumber }) => ({
            value: id,
            title: deviceName,
            ...(serialNumber !== null && { hint: serialNumber }),
          }))}
          onSearch={setSearch}
          onChoose={({ value: id, title: name }) => setDevice({ id, name })}
        />
        {found.data !== undefined && shown === null && <Text>{words.previewNoDevice}</Text>}
        {shown !== null && <OnDevice device={shown.id} review={review} trusted={trusted} />}
      </div>
    </details>
  );
}

function OnDevice({
  device,
  review,
  trusted,
}: {
  readonly device: string;
  readonly review: ProfileReview;
  readonly trusted: readonly TrustedCandidate[] | undefined;
}) {
  const { profileEditor: words } = useText();
  const body = JSON.stringify({ device, document: previewed(review.document, trusted) });
  const [answer, setAnswer] = useState<Preview | null>(null);
  const [error, setError] = useState<unknown>(null);
  const first = useRef(true);
  useEffect(() => {
    const left = new AbortController();
    const timer = setTimeout(
      () => {
        first.current = false;
        call('POST /api/v1/profiles/preview', { body: JSON.parse(body) }, { signal: left.signal }).then(
          (preview) => {
            setAnswer(preview);
            setError(null);
          },
          (reason: unknown) => {
            if (!left.signal.aborted) setError(reason);
          },
        );
      },
      first.current ? 0 : pause,
    );
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [body]);
  // What stands against it is told at the fields.
  const toMend = error instanceof Problem && error.code === 'profile-invalid';
  return (
    <>
      {toMend ? <StatusBadge tone="warning">{words.previewToMend}</StatusBadge> : <ProblemBar error={error} />}
      {answer === null && error === null && <Spinner size="tiny" />}
      {answer !== null && <Result preview={answer} />}
    </>
  );
}

/** Name and root decide nothing about the certificate: a preview need not wait for them. Nor is anybody assigned by it. */
function previewed(document: Readonly<Record<string, unknown>>, trusted: readonly TrustedCandidate[] | undefined) {
  const { assignments: _assignments, scopeTags: _scopeTags, ...rest } = document;
  const settings = rest['settings'] as Readonly<Record<string, unknown>>;
  const root = settings['rootCertificate'] || trusted?.[0]?.slug;
  return { ...rest, name: rest['name'] || 'x', settings: { ...settings, rootCertificate: root } };
}

function Result({ preview }: { readonly preview: Preview }) {
  const { profileEditor: words } = useText();
  const { problem } = preview;
  const usages = words.keyUsages as Readonly<Record<string, string>>;
  const types = words.alternativeNameTypes as Readonly<Record<string, string>>;
  return (
    <>
      {problem !== null && (
        <div>
          <StatusBadge tone="bad">{words.noCertificate}</StatusBadge>
          <Text block>{problem.detail}</Text>
        </div>
      )}
      <Facts
        facts={[
          [words.subject, preview.subject === null ? null : preview.subject || words.emptySubject],
          [
            words.subjectAlternativeName,
            lines(preview.subjectAlternativeNames.map(({ type, value }) => `${types[type] ?? type}: ${value}`)),
          ],
          [words.keyUsage, lines(preview.keyUsage.map((usage) => usages[usage] ?? usage))],
          [words.extendedKeyUsage, lines(preview.extendedKeyUsage.map(({ name }) => name))],
          [words.validFrom, time(preview.notBefore)],
          [words.validTo, time(preview.notAfter)],
          [words.scepServerUrls, lines(preview.scepServerUrls)],
          [words.urlOrder, words.urlOrders[preview.urlOrder]],
          [words.store, preview.store],
          [words.keyStorage, preview.keyStorage],
        ]}
      />
    </>
  );
}

function time(at: number | null): ReactNode {
  return at === null ? null : <ExactTime at={at} />;
}

function lines(texts: readonly string[]): ReactNode {
  return texts.length === 0 ? null : <Lines lines={texts} />;
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.plain}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
