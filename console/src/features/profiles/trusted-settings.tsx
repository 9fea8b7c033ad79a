/** Settings of a trusted certificate profile: one CA certificate from a file or from this server, and where it goes. */
import { Button, Field, makeStyles, Select, Text, tokens } from '@fluentui/react-components';
import { ArrowUploadRegular, CertificateRegular } from '@fluentui/react-icons';
import { type DragEvent, useRef, useState } from 'react';
import { nameText } from '../../../../src/formats/x509/name-text.ts';
import { pemBlocks } from '../../../../src/formats/x509/pem.ts';
import { fromUtf8, sameBytes, toBase64 } from '../../../../src/lib/bytes.ts';
import type { Finding } from '../../../../src/profiles/finding.ts';
import { parseTrustedCertificateSettings } from '../../../../src/profiles/parse-trusted-certificate-settings.ts';
import { readUploadedCertificate } from '../../../../src/profiles/read-uploaded-certificate.ts';
import { call } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Facts } from '../../ui/facts.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import { FindingList, type ShownFinding } from './finding-list.tsx';
import type { Platform } from './profile-types.ts';

/** As documents have them; what belongs to another step is left as it is. */
export type TrustedSettings = {
  readonly certificate?: string;
  readonly certificateFileName?: string;
  readonly destinationStore?: string;
  readonly deploymentChannel?: string;
  readonly [other: string]: unknown;
};

/** A CA certificate has a few thousand bytes; what is larger is not even read. */
const largestFile = 100_000;

const stores = ['computerRoot', 'computerIntermediate', 'userIntermediate'] as const;
const channels = ['device', 'user'] as const;

const useStyles = makeStyles({
  root: { display: 'grid', gap: tokens.spacingVerticalL, minWidth: 0 },
  drop: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: tokens.spacingHorizontalL,
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    minWidth: 0,
  },
  hint: { color: tokens.colorNeutralForeground2 },
  choice: { maxWidth: '360px' },
});

/** What the server would say of them, by the same files. */
export function trustedFindings(platform: Platform, settings: TrustedSettings): readonly Finding[] {
  const findings: Finding[] = [];
  parseTrustedCertificateSettings({ platform, settings, now: Date.now() }, findings);
  return findings;
}

export function TrustedSettingsFields({
  platform,
  value,
  onChange,
  findings = [],
  untouched = false,
}: {
  readonly platform: Platform;
  readonly value: TrustedSettings;
  readonly onChange: (value: TrustedSettings) => void;
  /** Those of the server. */
  readonly findings?: readonly ShownFinding[];
  /** Nothing was chosen yet: that it is missing need not be said. */
  readonly untouched?: boolean;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.trusted;
  const reading = useSubmit();
  const [refused, setRefused] = useState<string>();
  const [dragging, setDragging] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const take = async (der: Uint8Array, certificateFileName: string) => {
    setRefused(undefined);
    onChange({ ...value, certificate: toBase64(der), certificateFileName, ...storeFor(platform, value, der) });
  };
  const takeFile = (file: File) =>
    reading.run(async () => {
      if (file.size > largestFile) return setRefused(words.tooLarge(file.name, file.size));
      const bytes = new Uint8Array(await file.arrayBuffer());
      const read = readUploadedCertificate(asText(bytes));
      if (!read.ok) return setRefused(words.refused(file.name, `${read.detail} ${read.fix ?? ''}`.trim()));
      return take(read.certificate.der, file.name);
    });
  const certificate = value.certificate ? readUploadedCertificate(value.certificate) : null;
  const told =
    untouched && !value.certificate
      ? findings
      : [...trustedFindings(platform, value), ...findings.filter(({ rule }) => !rule.startsWith('T'))];
  const at = (path: string) => told.filter((each) => each.path === `settings.${path}`);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) void takeFile(file);
  };
  return (
    <div className={styles.root}>
      <Field label={words.certificate} required validationMessage={refused}>
        <div
          className={styles.drop}
          role="group"
          aria-label={words.certificate}
          data-dragging={dragging}
          onDragOver={(event) => {
            event.preventDefault();
            setDragging(true);
          }}
          onDragLeave={() => setDragging(false)}
          onDrop={drop}
        >
          <Button icon={<ArrowUploadRegular />} onClick={() => picker.current?.click()}>
            {words.choose}
          </Button>
          <input
            ref={picker}
            type="file"
            hidden
            aria-label={words.choose}
            accept=".cer,.crt,.pem,.der,application/x-x509-ca-cert,application/pkix-cert,application/x-pem-file"
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file !== undefined) void takeFile(file);
              // The same file again is read again.
              target.value = '';
            }}
          />
          <OwnRoots onTake={(der, name) => void take(der, name)} />
          <Text className={styles.hint}>{words.hint}</Text>
        </div>
      </Field>
      <ProblemBar error={reading.error} />
      {certificate?.ok && (
        <Facts
          facts={[
            [words.fileName, value.certificateFileName ?? null],
            [words.subject, nameText(certificate.certificate.subject)],
            [words.issuer, nameText(certificate.certificate.issuer)],
            [words.validFrom, <ExactTime key="from" at={certificate.certificate.notBefore} />],
            [words.validTo, <ExactTime key="to" at={certificate.certificate.notAfter} />],
          ]}
        />
      )}
      <FindingList findings={[...at('certificate'), ...told.filter(({ path }) => path === 'platform')]} />
      {(platform === 'windows10' || platform === 'windows81') && (
        <>
          <Field label={words.destinationStore} className={styles.choice}>
            <Select
              value={value.destinationStore ?? stores[0]}
              onChange={(_, { value: store }) => onChange({ ...value, destinationStore: store })}
            >
              {stores.map((store) => (
                <option key={store} value={store}>
                  {words.stores[store]}
                </option>
              ))}
            </Select>
          </Field>
          <FindingList findings={at('destinationStore')} />
        </>
      )}
      {platform === 'macos' && (
        <Field label={words.deploymentChannel} className={styles.choice}>
          <Select
            value={value.deploymentChannel ?? channels[0]}
            onChange={(_, { value: channel }) => onChange({ ...value, deploymentChannel: channel })}
          >
            {channels.map((channel) => (
              <option key={channel} value={channel}>
                {words.channels[channel]}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </div>
  );
}

/** The roots of this server's authorities, each a click away. */
function OwnRoots({ onTake }: { readonly onTake: (der: Uint8Array, fileName: string) => void }) {
  const { trusted: words } = useText();
  const may = useMay();
  const loading = useSubmit();
  const authorities = useRead('GET /api/v1/authorities', {}, { enabled: may('authority.read') });
  return (
    <>
      {(authorities.data?.items ?? []).map(({ slug, name }) => (
        <Button
          key={slug}
          icon={<CertificateRegular />}
          disabledFocusable={loading.busy}
          onClick={() =>
            void loading.run(async () => {
              const chain = await call('GET /api/v1/authorities/{authority}/chain', { path: { authority: slug } });
              const pem = chain instanceof Blob ? await chain.text() : String(chain);
              const root = pemBlocks(pem, 'CERTIFICATE').at(-1);
              if (root !== undefined) onTake(root, `${slug}-root.cer`);
            })
          }
        >
          {words.ownRoot(name)}
        </Button>
      ))}
      <ProblemBar error={loading.error} />
    </>
  );
}

/** As documents hold files: text as it is, anything else in Base64. */
function asText(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  return text !== undefined && /^[\t\r\n -~]*$/.test(text) ? text : toBase64(bytes);
}

/** An intermediate CA does not belong among the roots of Windows. */
function storeFor(platform: Platform, { destinationStore }: TrustedSettings, der: Uint8Array) {
  if (platform !== 'windows10' && platform !== 'windows81') return {};
  const read = readUploadedCertificate(toBase64(der));
  if (!read.ok) return {};
  const isRoot = sameBytes(read.certificate.subjectDer, read.certificate.issuerDer);
  if (isRoot) return { destinationStore: 'computerRoot' };
  return { destinationStore: destinationStore === 'userIntermediate' ? destinationStore : 'computerIntermediate' };
}
