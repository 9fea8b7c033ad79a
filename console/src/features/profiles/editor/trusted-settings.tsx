/** Settings of a trusted certificate profile: one CA certificate from a file or from this server, and where it goes. */
import { Button, Field, makeStyles, Text, tokens } from '@fluentui/react-components';
import { ArrowUploadRegular, CertificateRegular } from '@fluentui/react-icons';
import { useRef, useState } from 'react';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { nameText } from '../../../../../src/formats/x509/name-text.ts';
import { pemBlocks } from '../../../../../src/formats/x509/pem.ts';
import { fromUtf8, sameBytes, toBase64 } from '../../../../../src/lib/bytes.ts';
import { readUploadedCertificate } from '../../../../../src/profiles/read-uploaded-certificate.ts';
import { call } from '../../../api/call.ts';
import { useRead } from '../../../api/queries.ts';
import { useMay } from '../../../api/session.ts';
import { useText } from '../../../text/text.ts';
import { Facts } from '../../../ui/facts.tsx';
import { useFieldMessage } from '../../../ui/field-notes.tsx';
import { ChoiceField } from '../../../ui/form-fields.tsx';
import { ProblemBar } from '../../../ui/problem-bar.tsx';
import { ExactTime } from '../../../ui/relative-time.tsx';
import { useSubmit } from '../../../ui/use-submit.ts';
import type { ProfileForm } from './profile-form.ts';

/** A CA certificate has a few thousand bytes; what is larger is not even read. */
const largestFile = 100_000;

const stores = ['computerRoot', 'computerIntermediate', 'userIntermediate'] as const;
const channels = ['device', 'user'] as const;

const useStyles = makeStyles({
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
});

export function TrustedSettings({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const styles = useStyles();
  const { trusted: words } = useText();
  const { control } = form;
  const settings = useWatch({ control, name: 'settings' });
  const reading = useSubmit();
  const [refused, setRefused] = useState<string>();
  const said = useFieldMessage('settings.certificate', refused);
  const picker = useRef<HTMLInputElement>(null);
  const put = (name: 'certificate' | 'certificateFileName' | 'destinationStore', value: string) =>
    form.setValue(`settings.${name}`, value, { shouldDirty: true, shouldTouch: true });
  const take = (der: Uint8Array, fileName: string) => {
    setRefused(undefined);
    put('certificate', toBase64(der));
    put('certificateFileName', fileName);
    if (settings.destinationStore !== undefined)
      put('destinationStore', storeFor(settings.destinationStore, toBase64(der)));
  };
  const takeFile = (file: File) =>
    reading.run(async () => {
      if (file.size > largestFile) return setRefused(words.tooLarge(file.name, file.size));
      const read = readUploadedCertificate(asText(new Uint8Array(await file.arrayBuffer())));
      if (!read.ok) return setRefused(words.refused(file.name, `${read.detail} ${read.fix ?? ''}`.trim()));
      return take(read.certificate.der, file.name);
    });
  const certificate = settings.certificate ? readUploadedCertificate(settings.certificate) : null;
  return (
    <>
      <Field label={words.certificate} required {...said}>
        <div
          className={styles.drop}
          role="group"
          aria-label={words.certificate}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            const [file] = event.dataTransfer.files;
            if (file !== undefined) void takeFile(file);
          }}
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
          <OwnRoots onTake={take} />
          <Text className={styles.hint}>{words.hint}</Text>
        </div>
      </Field>
      <ProblemBar error={reading.error} />
      {certificate?.ok && (
        <Facts
          facts={[
            [words.fileName, settings.certificateFileName || null],
            [words.subject, nameText(certificate.certificate.subject)],
            [words.issuer, nameText(certificate.certificate.issuer)],
            [words.validFrom, <ExactTime key="from" at={certificate.certificate.notBefore} />],
            [words.validTo, <ExactTime key="to" at={certificate.certificate.notAfter} />],
          ]}
        />
      )}
      {settings.destinationStore !== undefined && (
        <ChoiceField
          control={control}
          name="settings.destinationStore"
          label={words.destinationStore}
          choices={stores.map((value) => ({ value, title: words.stores[value] }))}
        />
      )}
      {settings.deploymentChannel !== undefined && (
        <ChoiceField
          control={control}
          name="settings.deploymentChannel"
          label={words.deploymentChannel}
          choices={channels.map((value) => ({ value, title: words.channels[value] }))}
        />
      )}
    </>
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
              const chain: unknown = await call('GET /api/v1/authorities/{authority}/chain', {
                path: { authority: slug },
              });
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

/** An intermediate CA does not belong among the roots of Windows, nor a root anywhere else. */
function storeFor(chosen: string, certificate: string): string {
  const read = readUploadedCertificate(certificate);
  if (!read.ok) return chosen;
  if (sameBytes(read.certificate.subjectDer, read.certificate.issuerDer)) return 'computerRoot';
  return chosen === 'userIntermediate' ? chosen : 'computerIntermediate';
}
