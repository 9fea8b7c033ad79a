/** What was issued, renewed, revoked and what failed over time, by platform; why it failed. Every figure opens its rows. */
import { makeStyles, Select, tokens } from '@fluentui/react-components';
import { useRead } from '../../api/queries.ts';
import { useLanguage, useText } from '../../text/text.ts';
import { BarList } from '../../ui/bar-list.tsx';
import { ColumnChart } from '../../ui/column-chart.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { useFilters } from '../../ui/use-filters.ts';

export { ReportsPage as Page };

type Platform = 'ios';

const useStyles = makeStyles({
  filters: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  links: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalL },
});

const spans = ['7', '30', '90'] as const;

function ReportsPage() {
  const styles = useStyles();
  const text = useText();
  const words = text.reports;
  const language = useLanguage();
  const [{ days = '30', platform }, change] = useFilters();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = { days: Number(days), timeZone, ...(platform !== undefined && { platform: platform as Platform }) };
  const activity = useRead('GET /api/v1/reports/activity', { query }, { keep: true });
  const failures = useRead('GET /api/v1/reports/failures', { query }, { keep: true });
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone });
  return (
    <Page title={words.title} description={words.description}>
      <div className={styles.filters}>
        <Select aria-label={words.span} value={days} onChange={(_, { value }) => change({ days: value })}>
          {spans.map((each) => (
            <option key={each} value={each}>
              {words.lastDays(Number(each))}
            </option>
          ))}
        </Select>
        <Select
          aria-label={words.platform}
          value={platform ?? ''}
          onChange={(_, { value }) => change({ platform: value })}
        >
          <option value="">{words.allPlatforms}</option>
          {Object.entries(text.platforms).map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </Select>
      </div>
      <Section title={words.activity}>
        <Loaded query={activity}>
          {(report) => (
            <ColumnChart
              label={words.activity}
              series={[
                { key: 'issued', title: text.overview.issued, shade: 'brand' },
                { key: 'renewed', title: text.overview.renewed, shade: 'good' },
                { key: 'revoked', title: words.revoked, shade: 'warning' },
                { key: 'failed', title: text.overview.failed, shade: 'bad' },
              ]}
              bars={report.days.map(({ date: key, from, before, issued, renewed, revoked, failed }) => ({
                key,
                title: date.format(from),
                values: { issued, renewed, revoked, failed },
                to: withQuery('/certificates', { issuedFrom: from, issuedBefore: before, platform }),
              }))}
            />
          )}
        </Loaded>
      </Section>
      <Section title={words.failures}>
        <Loaded query={failures}>
          {({ items }) => (
            <BarList
              label={words.failures}
              rows={items.map(({ reason, count, meaning, whatToDo }) => ({
                key: reason,
                title: meaning ?? reason,
                value: count,
                shade: 'bad',
                to: withQuery('/reports/failures', { reason }),
                ...(whatToDo !== null && { hint: whatToDo }),
              }))}
            />
          )}
        </Loaded>
      </Section>
      <Section title={words.more}>
        <div className={styles.links}>
          <Link to={withQuery('/certificates', { status: 'valid', current: 'true', sort: 'expires' })}>
            {words.expiring}
          </Link>
          <Link to={withQuery('/certificates', { status: 'revoked', sort: 'revoked' })}>{words.revokedList}</Link>
          <Link to="/reports/failures">{words.failureList}</Link>
        </div>
      </Section>
    </Page>
  );
}
