/** The certification authority: its certificates, what ends when, revocation lists, templates, and the rollover in steps. */
import {
  Button,
  Menu,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { type Answer, addressOf } from '../../api/call.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useLanguage, useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { tell, tellProblem } from '../../ui/toasts.tsx';
import { Rollover } from './rollover.tsx';

export { AuthorityPage as Page };

type Authority = Answer<'GET /api/v1/authorities/{authority}'>;

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))',
    gap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  scroll: { overflowX: 'auto' },
  table: {
    borderCollapse: 'collapse',
    width: '100%',
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXS} 0`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
  },
});

function AuthorityPage() {
  const text = useText();
  const words = text.authority;
  const authorities = useRead('GET /api/v1/authorities');
  return (
    <Page title={words.title} description={words.description}>
      <Loaded query={authorities}>
        {({ items }) => items.map((authority) => <OneAuthority key={authority.id} authority={authority} />)}
      </Loaded>
    </Page>
  );
}

function OneAuthority({ authority }: { readonly authority: Authority }) {
  const styles = useStyles();
  return (
    <div className={styles.grid}>
      <Issuers authority={authority} />
      <Endings />
      <RevocationLists authority={authority} />
      <Rollover authority={authority.slug} />
      <Templates authority={authority} />
    </div>
  );
}

function Issuers({ authority: { slug, name, issuers, pkiUrl } }: { readonly authority: Authority }) {
  const text = useText();
  const words = text.authority;
  return (
    <Section
      title={name}
      actions={
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button icon={<ArrowDownloadRegular />}>{text.words.download}</Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItemLink
                href={addressOf('GET /api/v1/authorities/{authority}/chain', { path: { authority: slug } })}
              >
                {words.chain}
              </MenuItemLink>
            </MenuList>
          </MenuPopover>
        </Menu>
      }
    >
      <Facts facts={[[words.pkiUrl, <Copyable key="url" value={pkiUrl} what={words.pkiUrl} />]]} />
      {issuers.map(({ id, subject, active, notBefore, notAfter, thumbprint256 }) => (
        <Facts
          key={id}
          facts={[
            [words.issuer, subject],
            [
              text.words.state,
              <StatusBadge key="state" tone={active ? 'good' : 'neutral'}>
                {active ? words.active : words.notActive}
              </StatusBadge>,
            ],
            [words.validFrom, <ExactTime key="from" at={notBefore} />],
            [words.validTo, <ExactTime key="to" at={notAfter} />],
            [words.thumbprint, <Copyable key="thumbprint" value={thumbprint256} what={words.thumbprint} />],
          ]}
        />
      ))}
    </Section>
  );
}

const tones: Readonly<Record<'ok' | 'warning' | 'critical', Tone>> = {
  ok: 'good',
  warning: 'warning',
  critical: 'bad',
};

function Endings() {
  const styles = useStyles();
  const text = useText();
  const words = text.authority;
  const endings = useRead('GET /api/v1/endings');
  return (
    <Section title={words.endings}>
      <Loaded query={endings}>
        {({ items }) => (
          <div className={styles.scroll} tabIndex={0} role="group" aria-label={words.endings}>
            <table className={styles.table}>
              <tbody>
                {items.map(({ kind, name, endsAt, severity, fix }) => (
                  <tr key={`${kind} ${name}`}>
                    <th scope="row">{words.kinds[kind]}</th>
                    <td>{name}</td>
                    <td>
                      <StatusBadge tone={tones[severity]}>{words.severities[severity]}</StatusBadge>
                    </td>
                    <td>
                      <RelativeTime at={endsAt} />
                      {fix !== null && severity !== 'ok' && <div>{fix}</div>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Section>
  );
}

function RevocationLists({ authority: { slug, issuers } }: { readonly authority: Authority }) {
  const styles = useStyles();
  const text = useText();
  const words = text.authority;
  const language = useLanguage();
  const may = useMay();
  const publish = useChange('POST /api/v1/authorities/{authority}/crl');
  const number = new Intl.NumberFormat(language);
  return (
    <Section
      title={words.crls}
      actions={
        may('authority.write') && (
          <Button
            disabled={publish.isPending}
            onClick={() =>
              publish.mutateAsync({ path: { authority: slug } }).then(() => tell(words.published), tellProblem)
            }
          >
            {words.publish}
          </Button>
        )
      }
    >
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={words.crls}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{words.crlNumber}</th>
              <th scope="col">{words.published}</th>
              <th scope="col">{words.nextUpdate}</th>
              <th scope="col">{words.size}</th>
              <th scope="col">{words.address}</th>
            </tr>
          </thead>
          <tbody>
            {issuers.flatMap(({ id, crls }) =>
              crls.map(({ shard, number: crlNumber, thisUpdate, nextUpdate, bytes, url }) => (
                <tr key={`${id} ${shard}`}>
                  <td>{number.format(crlNumber)}</td>
                  <td>
                    <RelativeTime at={thisUpdate} />
                  </td>
                  <td>
                    <RelativeTime at={nextUpdate} />
                  </td>
                  <td>{words.bytes(bytes)}</td>
                  <td>
                    <Copyable value={url} what={words.address} />
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Templates({ authority: { templates } }: { readonly authority: Authority }) {
  const text = useText();
  const words = text.authority;
  return (
    <Section title={words.templates}>
      {templates.map(
        ({ name, maximumValidity, profileMaySetValidity, keySizes, hashAlgorithms, keyUsages, extendedKeyUsages }) => (
          <Facts
            key={name}
            facts={[
              [text.words.name, name],
              [words.maximumValidity, words.days(Math.round(maximumValidity / 86_400_000))],
              [words.maySetValidity, profileMaySetValidity ? text.words.yes : text.words.no],
              [words.keySizes, keySizes.join(', ')],
              [words.hashes, hashAlgorithms.join(', ')],
              [words.keyUsages, keyUsages.join(', ')],
              [words.extendedKeyUsages, extendedKeyUsages === null ? text.words.any : extendedKeyUsages.join(', ')],
            ]}
          />
        ),
      )}
    </Section>
  );
}
