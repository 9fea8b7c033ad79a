/** One certificate: every field, its files, how it came about. */
import {
  Button,
  Menu,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Tab,
  TabList,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { type Answer, addressOf } from '../../api/call.ts';
import { type ItemOf, usePages, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded } from '../../ui/page.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { CertificateStatus } from './certificate-status.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

type Item = ItemOf<'GET /api/v1/certificates'>;

const useStyles = makeStyles({
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

export function CertificateDetails({ id }: { readonly id: string }) {
  const text = useText();
  const [{ part = 'fields' }, change] = useFilters();
  const certificate = useRead('GET /api/v1/certificates/{certificate}', { path: { certificate: id } });
  return (
    <Loaded query={certificate}>
      {(found) => (
        <>
          <TabList
            selectedValue={part}
            onTabSelect={(_, { value }) => change({ part: value === 'fields' ? undefined : String(value) })}
          >
            <Tab value="fields">{text.certificates.fields}</Tab>
            {found.deploymentId !== null && <Tab value="timeline">{text.timeline.title}</Tab>}
          </TabList>
          {part === 'timeline' && found.deploymentId !== null ? (
            <Timeline deployment={found.deploymentId} />
          ) : (
            <Fields id={found.id} />
          )}
        </>
      )}
    </Loaded>
  );
}

/** The list has what the certificate alone does not know: whose it is, and what its profile says. */
function Fields({ id }: { readonly id: string }) {
  const certificate = useRead('GET /api/v1/certificates/{certificate}', { path: { certificate: id } });
  const deployment = certificate.data?.deploymentId ?? undefined;
  const siblings = usePages('GET /api/v1/certificates', { query: { deployment, limit: 200 } } as never, {
    enabled: deployment !== undefined,
  });
  const item = siblings.data?.pages.flatMap(({ items }) => items).find((each) => each.id === id);
  return <Loaded query={certificate}>{(found) => <FieldList certificate={found} item={item} />}</Loaded>;
}

function FieldList({
  certificate,
  item,
}: {
  readonly certificate: Answer<'GET /api/v1/certificates/{certificate}'>;
  readonly item: Item | undefined;
}) {
  const styles = useStyles();
  const text = useText();
  const may = useMay();
  const words = text.certificates;
  const [filters] = useFilters();
  const [revoking, setRevoking] = useState(false);
  const file = (format: 'pem' | 'der') =>
    addressOf('GET /api/v1/certificates/{certificate}/file', {
      path: { certificate: certificate.id },
      query: { format },
    });
  const { revocationReason } = certificate;
  return (
    <>
      <div className={styles.actions}>
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button icon={<ArrowDownloadRegular />}>{text.words.download}</Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItemLink href={file('pem')}>{words.pem}</MenuItemLink>
              <MenuItemLink href={file('der')}>{words.der}</MenuItemLink>
              {item?.issuerSlug && may('authority.read') && (
                <MenuItemLink
                  href={addressOf('GET /api/v1/authorities/{authority}/chain', {
                    path: { authority: item.issuerSlug },
                  })}
                >
                  {words.chain}
                </MenuItemLink>
              )}
            </MenuList>
          </MenuPopover>
        </Menu>
        {may('certificates.revoke') && certificate.status === 'valid' && certificate.purpose === 'device' && (
          <Button onClick={() => setRevoking(true)}>{words.revoke}</Button>
        )}
      </div>
      <Facts
        facts={[
          [text.words.state, <CertificateStatus key="status" certificate={certificate} />],
          [words.revoked, certificate.revokedAt && <ExactTime at={certificate.revokedAt} />],
          [words.reason, revocationReason && words.reasons[revocationReason]],
          [words.subject, certificate.subjectText || words.emptySubject],
          [
            words.alternativeNames,
            certificate.subjectAlternativeNames.length > 0
              ? certificate.subjectAlternativeNames.map((name) => <div key={name}>{name}</div>)
              : null,
          ],
          [
            words.device,
            item?.deviceId &&
              (item.deviceName === null ? (
                words.deleted
              ) : (
                <Link to={`/devices/${encodeURIComponent(item.deviceId)}`}>{item.deviceName}</Link>
              )),
          ],
          [
            words.user,
            item?.userId &&
              (item.userPrincipalName === null ? (
                words.deleted
              ) : (
                <Link to={withQuery('/users', { open: item.userId })}>{item.userPrincipalName}</Link>
              )),
          ],
          [
            words.profile,
            item?.profileSlug ? (
              <Link key="profile" to={`/profiles/${encodeURIComponent(item.profileSlug)}`}>
                {item.profileName ?? item.profileSlug}
              </Link>
            ) : (
              item?.profileName
            ),
          ],
          [words.platform, item?.platform && text.platforms[item.platform]],
          [words.serial, <Copyable key="serial" value={certificate.serial} what={words.serial} />],
          [words.thumbprint, <Copyable key="sha1" value={certificate.thumbprint} what={words.thumbprint} />],
          [words.thumbprint256, <Copyable key="sha256" value={certificate.thumbprint256} what={words.thumbprint256} />],
          [words.validFrom, <ExactTime key="from" at={certificate.notBefore} />],
          [words.expires, <ExactTime key="to" at={certificate.notAfter} />],
          [words.issued, <ExactTime key="issued" at={certificate.issuedAt} />],
          [words.installed, certificate.installedAt && <ExactTime at={certificate.installedAt} />],
          [words.superseded, certificate.supersededAt && <ExactTime at={certificate.supersededAt} />],
          [
            words.revokedThen,
            certificate.revokedAt === null && certificate.revokeAt ? (
              <ExactTime key="then" at={certificate.revokeAt} />
            ) : null,
          ],
          [words.key, item?.key],
          [words.keyUsage, item && (item.keyUsage.join(', ') || text.words.none)],
          [words.extendedKeyUsage, item && (item.extendedKeyUsages.join(', ') || text.words.none)],
          [words.keyStorage, item?.keyStorageProvider],
          [words.issuer, item?.issuerSlug],
          [
            words.renews,
            certificate.renewsId && (
              <Link to={withQuery('/certificates', { ...filters, open: certificate.renewsId })}>{words.before}</Link>
            ),
          ],
          [words.id, <Copyable key="id" value={certificate.id} what={words.id} />],
        ]}
      />
      <RevokeDialog certificate={revoking ? certificate : null} onClose={() => setRevoking(false)} />
    </>
  );
}
