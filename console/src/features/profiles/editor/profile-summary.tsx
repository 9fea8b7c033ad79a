/** All that a profile says, as text; what its platform lacks is absent. */
import { makeStyles } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { ApplicabilityRules } from '../../../../../src/profiles/applicability-rules.ts';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import { useText } from '../../../text/text.ts';
import { Facts } from '../../../ui/facts.tsx';
import { Section } from '../../../ui/section.tsx';
import { AssignmentList } from '../assignment-list.tsx';
import { RuleList } from '../rule-list.tsx';
import type { StepName } from './field-of-finding.ts';
import type { ProfileForm, ServerValues, SettingsValues } from './profile-form.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, overflowWrap: 'anywhere' },
});

export type EditableStep = Exclude<StepName, 'review'>;

type Fact = readonly [name: string, value: ReactNode];

export function ProfileSummary({
  values,
  trusted,
  actionOf,
}: {
  readonly values: ProfileForm;
  readonly trusted: readonly TrustedCandidate[] | undefined;
  /** Beside the title of each part. */
  readonly actionOf?: (step: EditableStep) => ReactNode;
}) {
  const text = useText();
  const words = text.profileEditor;
  const { kind, platform, name, description, scopeTags, settings, server, assignments } = values;
  const scep = useScepFacts(settings, trusted);
  const ours = useServerFacts(server);
  const certificate: readonly Fact[] = [
    [text.profiles.kinds.trustedCertificate, settings.certificateFileName || null],
    [text.trusted.destinationStore, storeOf(settings, text.trusted.stores)],
    [words.deploymentChannel, channelOf(settings, words.deploymentChannels)],
  ];
  return (
    <>
      <Section title={words.steps.basics} actions={actionOf?.('basics')}>
        <Facts
          facts={[
            [words.name, name],
            [words.description, description || null],
            [words.choosePlatform, text.platforms[platform]],
            [words.chooseType, text.profiles.kinds[kind]],
          ]}
        />
      </Section>
      <Section title={words.steps.settings} actions={actionOf?.('settings')}>
        <Facts facts={kind === 'scep' ? scep : certificate} />
      </Section>
      {kind === 'scep' && (
        <Section title={words.serverOptions} actions={actionOf?.('settings')}>
          <Facts facts={ours} />
        </Section>
      )}
      <Section title={words.steps.scopeTags} actions={actionOf?.('scopeTags')}>
        {scopeTags.length === 0 ? text.words.none : scopeTags.join(', ')}
      </Section>
      <Section title={words.steps.assignments} actions={actionOf?.('assignments')}>
        <AssignmentList lines={assignments.map(({ mode, target, filter = null }) => ({ mode, target, filter }))} />
      </Section>
      {platform === 'windows10' && (
        <Section title={words.steps.applicability} actions={actionOf?.('applicability')}>
          <RuleList rules={settings.applicabilityRules as ApplicabilityRules | undefined} />
        </Section>
      )}
    </>
  );
}

function storeOf({ destinationStore }: SettingsValues, titles: Readonly<Record<string, string>>): string | null {
  return destinationStore === undefined ? null : (titles[destinationStore] ?? destinationStore);
}

function channelOf({ deploymentChannel }: SettingsValues, titles: Readonly<Record<string, string>>): string | null {
  return deploymentChannel === undefined ? null : (titles[deploymentChannel] ?? deploymentChannel);
}

function useScepFacts(settings: SettingsValues, trusted: readonly TrustedCandidate[] | undefined): readonly Fact[] {
  const { profileEditor: words } = useText();
  const { certificateValidityPeriod: period, certificateAccess, keyStorageProvider, keyStorage } = settings;
  const root = trusted?.find(({ slug, id }) => slug === settings.rootCertificate || id === settings.rootCertificate);
  const titled = (titles: Readonly<Record<string, string>>, keys: string | readonly string[] | undefined) =>
    keys === undefined
      ? null
      : [keys]
          .flat()
          .map((key) => titles[key] ?? key)
          .join(', ');
  return [
    [words.deploymentChannel, channelOf(settings, words.deploymentChannels)],
    [words.certificateType, words.certificateTypes[settings.certificateType ?? 'user']],
    [words.subjectNameFormat, settings.subjectNameFormat || words.notConfigured],
    [
      words.subjectAlternativeName,
      lines((settings.subjectAlternativeNames ?? []).map((row) => nameOf(row, words.alternativeNameTypes))) ??
        words.notConfigured,
    ],
    [words.validityPeriod, period == null ? words.asTemplate : `${period.value} ${titled(words.units, period.unit)}`],
    [words.keyStorageProvider, titled(words.keyStorageProviders, keyStorageProvider)],
    [words.keyStorage, titled(words.keyStorages, keyStorage)],
    [words.keyUsage, titled(words.keyUsages, settings.keyUsage)],
    [words.keySize, settings.keySize],
    [words.hashAlgorithm, titled(words.hashAlgorithms, settings.hashAlgorithm)],
    [words.rootCertificate, root?.name ?? settings.rootCertificate],
    [words.extendedKeyUsage, lines((settings.extendedKeyUsages ?? []).map(({ name, oid }) => `${name} (${oid})`))],
    [words.renewalThreshold, settings.renewalThreshold],
    [words.scepServerUrls, lines(settings.scepServerUrls ?? []) ?? words.ownAddress],
    [words.certificateAccess, titled(words.certificateAccesses, certificateAccess?.mode)],
    [words.apps, certificateAccess?.mode === 'specificApps' ? lines(certificateAccess.apps) : null],
  ];
}

function nameOf({ type, value }: { type: string; value: string }, titles: Readonly<Record<string, string>>): string {
  return `${titles[type] ?? type}: ${value}`;
}

function useServerFacts(server: ServerValues | null): readonly Fact[] {
  const text = useText();
  const words = text.profileEditor;
  if (server === null) return [];
  const said = (yes: boolean) => (yes ? text.words.yes : text.words.no);
  const title = (titles: Readonly<Record<string, string>>, key: string) => titles[key] ?? key;
  const { renewal, supersededCertificates: superseded, ciphers } = server;
  return [
    [words.authority, server.authority || words.defaultAuthority],
    [words.certificateTemplate, server.certificateTemplate],
    [words.challengeLifetime, server.challengeLifetime],
    [words.approval, title(words.approvals, server.approval)],
    [words.directoryChanges, title(words.directoryChangesChoices, server.directoryChanges)],
    [words.reportedFacts, title(words.reportedFactsChoices, server.reportedFacts)],
    [words.renewalByCertificate, said(renewal.byCertificate)],
    [words.renewalSameKey, said(renewal.sameKey)],
    [words.renewalWindow, title(words.renewalWindows, renewal.window)],
    [words.renewalSpread, renewal.spread],
    [words.superseded, title(words.supersededActions, superseded.action)],
    [words.afterDays, superseded.action === 'revoke' ? superseded.afterDays : null],
    [words.caCertificates, title(words.caCertificatesChoices, server.caCertificates)],
    [words.issuerInReply, said(server.issuerInReply)],
    [words.securityIdentifierExtension, said(server.securityIdentifierExtension)],
    [words.tripleDes, said(ciphers.tripleDes)],
    [words.singleDes, said(ciphers.singleDes)],
    ...Object.entries(server.removal).map(
      ([occasion, rule]): Fact => [
        title(text.removals.occasions, occasion),
        words.removalSaid(
          rule.removeFromDevice,
          rule.revoke && title(text.certificates.reasons, rule.reason),
          rule.afterDays,
        ),
      ],
    ),
  ];
}

function lines(texts: readonly string[]): ReactNode {
  return texts.length === 0 ? null : <Lines texts={texts} />;
}

function Lines({ texts }: { readonly texts: readonly string[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.list}>
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
