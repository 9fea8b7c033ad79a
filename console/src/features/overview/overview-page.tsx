/** The first page of the morning: how certificates fare, what failed, what ends soon. Every number leads to its rows. */
import { MessageBar, MessageBarBody, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useLanguage, useText } from '../../text/text.ts';
import { BarList } from '../../ui/bar-list.tsx';
import { ColumnChart } from '../../ui/column-chart.tsx';
import { Donut } from '../../ui/donut.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { StateBar } from '../../ui/state-bar.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { FirstSteps } from './first-steps.tsx';
import { SampleOffer } from './sample-offer.tsx';

export { OverviewPage as Page };

type Overview = Answer<'GET /api/v1/reports/overview'>;
type Of<Name extends keyof Overview> = { readonly [K in Name]: Overview[K] };

const hour = 3_600_000;
const day = 24 * hour;

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(12, minmax(0, 1fr))',
    gap: tokens.spacingHorizontalL,
    '& > *': { gridColumn: 'span 4' },
    '@media (max-width: 1100px)': { '& > *': { gridColumn: 'span 6' } },
    '@media (max-width: 760px)': { '& > *': { gridColumn: '1 / -1' } },
  },
  wide: {
    gridColumn: 'span 8',
    '@media (max-width: 1100px)': { gridColumn: '1 / -1' },
    '& > section': { height: '100%', boxSizing: 'border-box' },
  },
  profiles: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  profile: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', gap: '2px 12px', alignItems: 'baseline' },
  bar: { gridColumn: '1 / -1' },
  name: { overflowWrap: 'anywhere' },
});

function OverviewPage() {
  const styles = useStyles();
  const text = useText();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const overview = useRead('GET /api/v1/reports/overview', { query: { days: 30, timeZone } }, { keep: true });
  return (
    <Page title={text.overview.title}>
      <Loaded query={overview}>
        {(all) => (
          <>
            <WaitingChanges />
            <FirstSteps overview={all} />
            <SampleOffer />
            <div className={styles.grid}>
              <CertificateStates certificates={all.certificates} />
              <div className={styles.wide}>
                <Activity activity={all.activity} />
              </div>
              <Expiring expiring={all.expiring} />
              <Failures failures={all.failures} />
              <ProfilesWithErrors profiles={all.profiles} />
              <ScepHealth scep={all.scep} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What somebody else asked for, and cannot do alone. */
function WaitingChanges() {
  const text = useText();
  const may = useMay()('removals.decide');
  const changes = useRead('GET /api/v1/held-changes', {}, { enabled: may });
  const waiting = (changes.data?.items ?? []).filter(({ state, own }) => state === 'waiting' && !own).length;
  if (waiting === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        {text.waitingChanges.notice(waiting)}{' '}
        <Link to="/administration/waiting-changes">{text.administration.sections.waitingChanges}</Link>
      </MessageBarBody>
    </MessageBar>
  );
}

function CertificateStates({ certificates: { valid, expired, revoked } }: Of<'certificates'>) {
  const text = useText();
  const to = (status: string) => withQuery('/certificates', { status });
  return (
    <Section title={text.overview.certificates}>
      <Donut
        label={text.overview.certificates}
        parts={[
          { key: 'valid', title: text.states.valid, value: valid, shade: 'good', to: to('valid') },
          { key: 'expired', title: text.states.expired, value: expired, shade: 'neutral', to: to('expired') },
          { key: 'revoked', title: text.states.revoked, value: revoked, shade: 'warning', to: to('revoked') },
        ]}
      />
    </Section>
  );
}

function Activity({ activity: { days, timeZone } }: Of<'activity'>) {
  const text = useText();
  const language = useLanguage();
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone });
  return (
    <Section title={text.overview.activity}>
      <ColumnChart
        label={text.overview.activity}
        series={[
          { key: 'issued', title: text.overview.issued, shade: 'brand' },
          { key: 'renewed', title: text.overview.renewed, shade: 'good' },
          { key: 'failed', title: text.overview.failed, shade: 'bad' },
        ]}
        bars={days.map(({ date: key, from, before, issued, renewed, failed }) => ({
          key,
          title: date.format(from),
          values: { issued, renewed, failed },
          to: withQuery('/certificates', { issuedFrom: from, issuedBefore: before }),
        }))}
      />
    </Section>
  );
}

function Expiring({ expiring }: Of<'expiring'>) {
  const text = useText();
  // To the hour, so that the address stays the same while the page is open.
  const now = Math.ceil(Date.now() / hour) * hour;
  return (
    <Section title={text.overview.expiring}>
      <BarList
        label={text.overview.expiring}
        rows={expiring.map(({ days, count }) => ({
          key: String(days),
          title: text.overview.withinDays(days),
          value: count,
          shade: days <= 7 ? 'warning' : 'brand',
          to: withQuery('/certificates', {
            status: 'valid',
            current: 'true',
            expiresBefore: now + days * day,
            sort: 'expires',
          }),
        }))}
      />
    </Section>
  );
}

function Failures({ failures }: Of<'failures'>) {
  const text = useText();
  return (
    <Section title={text.overview.failures}>
      <BarList
        label={text.overview.failures}
        rows={failures.slice(0, 6).map(({ reason, count, meaning }) => ({
          key: reason,
          title: meaning ?? reason,
          value: count,
          shade: 'bad',
          to: withQuery('/reports/failures', { reason }),
        }))}
      />
    </Section>
  );
}

function ProfilesWithErrors({ profiles }: Of<'profiles'>) {
  const styles = useStyles();
  const text = useText();
  const shown = profiles.filter(({ total }) => total > 0).slice(0, 6);
  return (
    <Section title={text.overview.profiles}>
      {shown.length === 0 && <Text>{text.overview.noProfiles}</Text>}
      <ul className={styles.profiles}>
        {shown.map(({ profileId, profileSlug, profileName, counts }) => (
          <li key={profileId} className={styles.profile}>
            <span className={styles.name}>
              <Link to={`/profiles/${profileSlug}`}>{profileName}</Link>
            </span>
            {counts.error > 0 ? (
              <StatusBadge tone="bad">{text.overview.errors(counts.error)}</StatusBadge>
            ) : (
              <StatusBadge tone="good">{text.overview.noErrors}</StatusBadge>
            )}
            <span className={styles.bar}>
              <StateBar
                parts={[
                  { key: 'ok', title: text.overview.statuses.succeeded, value: counts.succeeded, shade: 'good' },
                  { key: 'pending', title: text.overview.statuses.pending, value: counts.pending, shade: 'brand' },
                  { key: 'error', title: text.overview.statuses.error, value: counts.error, shade: 'bad' },
                  { key: 'conflict', title: text.overview.statuses.conflict, value: counts.conflict, shade: 'warning' },
                  {
                    key: 'not',
                    title: text.overview.statuses.notApplicable,
                    value: counts.notApplicable,
                    shade: 'neutral',
                  },
                ]}
              />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ScepHealth({ scep: { address, isLoopback, outcomes, capped, lastAt, lastSuccessAt } }: Of<'scep'>) {
  const text = useText();
  const words = text.overview;
  const asked = outcomes.success + outcomes.pending + outcomes.failure + outcomes.error;
  const bad = outcomes.failure + outcomes.error;
  const tone = asked === 0 ? 'neutral' : bad === 0 ? 'good' : bad * 4 > asked ? 'bad' : 'warning';
  return (
    <Section title={words.scep}>
      <StatusBadge tone={tone}>{asked === 0 ? words.scepQuiet : words.scepAnswered(asked, bad, capped)}</StatusBadge>
      {isLoopback && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{words.scepLoopback}</MessageBarBody>
        </MessageBar>
      )}
      <Facts
        facts={[
          [words.scepAddress, address],
          [words.scepLast, lastAt === null ? null : <RelativeTime key="last" at={lastAt} />],
          [words.scepLastSuccess, lastSuccessAt === null ? null : <RelativeTime key="success" at={lastSuccessAt} />],
        ]}
      />
    </Section>
  );
}
