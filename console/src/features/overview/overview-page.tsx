/** The first page of the morning: how certificates fare, what failed, what ends soon. Every number leads to its rows. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useLanguage, useText } from '../../text/text.ts';
import { BarList, ColumnChart, Donut } from '../../ui/charts.tsx';
import { withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';

export { OverviewPage as Page };

const day = 24 * 60 * 60 * 1000;

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(12, minmax(0, 1fr))',
    gap: tokens.spacingHorizontalL,
    '& > *': { gridColumn: 'span 4' },
    '@media (max-width: 1100px)': { '& > *': { gridColumn: 'span 6' } },
    '@media (max-width: 760px)': { '& > *': { gridColumn: '1 / -1' } },
  },
  wide: { gridColumn: 'span 8', '@media (max-width: 1100px)': { gridColumn: '1 / -1' } },
});

function OverviewPage() {
  const styles = useStyles();
  const text = useText();
  const may = useMay();
  return (
    <Page title={text.overview.title}>
      <div className={styles.grid}>
        {may('deployments.read') && <CertificateStates />}
        {may('deployments.read') && (
          <div className={styles.wide}>
            <Activity />
          </div>
        )}
        {may('certificates.read') && <Expiring />}
        {may('deployments.read') && <Failures />}
      </div>
    </Page>
  );
}

function CertificateStates() {
  const text = useText();
  const status = useRead('GET /api/v1/status');
  return (
    <Section title={text.overview.certificates}>
      <Loaded query={status}>
        {({ certificates: { valid, expired, revoked } }) => (
          <Donut
            label={text.overview.certificates}
            parts={[
              { key: 'valid', title: text.states.valid, value: valid, shade: 'good', to: '/certificates?status=valid' },
              {
                key: 'expired',
                title: text.states.expired,
                value: expired,
                shade: 'neutral',
                to: '/certificates?status=expired',
              },
              {
                key: 'revoked',
                title: text.states.revoked,
                value: revoked,
                shade: 'warning',
                to: '/certificates?status=revoked',
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Activity() {
  const text = useText();
  const language = useLanguage();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const activity = useRead('GET /api/v1/reports/activity', { query: { days: 30, timeZone } }, { keep: true });
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone });
  return (
    <Section title={text.overview.activity}>
      <Loaded query={activity}>
        {({ days }: Answer<'GET /api/v1/reports/activity'>) => (
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
        )}
      </Loaded>
    </Section>
  );
}

function Expiring() {
  const text = useText();
  const now = useNow();
  const language = useLanguage();
  const counts = useRead('GET /api/v1/reports/expiring/counts');
  const number = new Intl.NumberFormat(language);
  return (
    <Section title={text.overview.expiring}>
      <Loaded query={counts}>
        {({ items }) => (
          <BarList
            label={text.overview.expiring}
            rows={items.map(({ days, count }) => ({
              key: String(days),
              title: text.overview.withinDays(days),
              value: count,
              shown: number.format(count),
              shade: days <= 7 ? 'warning' : 'brand',
              to: withQuery('/certificates', {
                status: 'valid',
                current: 'true',
                // To the hour, so that the address stays the same while the page is open.
                expiresBefore: Math.ceil(now / 3_600_000) * 3_600_000 + days * day,
                sort: 'expires',
              }),
            }))}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Failures() {
  const text = useText();
  const failures = useRead('GET /api/v1/reports/failures', { query: { days: 30 } });
  return (
    <Section title={text.overview.failures}>
      <Loaded query={failures}>
        {({ items }) => (
          <BarList
            label={text.overview.failures}
            rows={items.slice(0, 8).map(({ reason, count, meaning }) => ({
              key: reason,
              title: meaning ?? reason,
              value: count,
              shade: 'bad',
              to: withQuery('/reports/failures', { reason }),
            }))}
          />
        )}
      </Loaded>
    </Section>
  );
}
