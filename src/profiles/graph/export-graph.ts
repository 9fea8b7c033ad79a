import type { ApplicabilityRules, ApplicabilityRuleType } from '../applicability-rules.ts';
import type { Finding } from '../finding.ts';
import { defaultServerOptions } from '../parse-server-options.ts';
import type { Profile, ScepProfile, TrustedCertificateProfile } from '../profile.ts';
import { exportScepSettings } from './export-scep-settings.ts';
import { type ExportedAssignment, type GraphExport, type GraphExportContext, notInGraph } from './graph-export.ts';
import { type GraphType, graphTypeFor, typePrefix } from './graph-type.ts';
import { ruleNames } from './import-applicability.ts';
import { allDevicesGroup, allUsersGroup } from './import-assignments.ts';
import { bindProperty } from './import-root.ts';
import { destinationStoreWords, wordFor } from './setting-words.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A profile as Microsoft Graph has it (intune-domain 6.3, 6.4, 6.6), and what of it Graph cannot say. */
export function exportGraph(profile: Profile, context: GraphExportContext): GraphExport {
  const findings: Finding[] = [];
  const { platform } = profile.settings;
  const type = graphTypeFor(profile.kind, platform);
  if (type === undefined) {
    notInGraph(findings, 'platform', {
      severity: 'error',
      detail: `Graph has no profiles for ${platform}; this one cannot be written.`,
    });
    return { object: null, findings };
  }
  if (platform === 'windows81')
    notInGraph(findings, 'platform', {
      detail: 'Graph has one type for Windows 8.1 and all later: import it again with --windows81.',
    });
  if (profile.scopeTags.length > 0)
    notInGraph(findings, 'scopeTags', { detail: 'Graph knows scope tags by ids of its own; they are left out.' });
  const properties = profile.kind === 'scep' ? scep(profile, type, context, findings) : trusted(profile, type);
  const assignments =
    context.assignments === null ? {} : { assignments: exportAssignments(profile.id, context.assignments, findings) };
  return { object: { ...header(profile, type), ...properties, ...assignments }, findings };
}

function header(profile: Profile, { name }: GraphType): Properties {
  const { id, description, version, createdAt, updatedAt } = profile;
  return {
    '@odata.type': `${typePrefix}${name}`,
    id,
    displayName: profile.name,
    description: description === '' ? null : description,
    version,
    createdDateTime: new Date(createdAt).toISOString(),
    lastModifiedDateTime: new Date(updatedAt).toISOString(),
    roleScopeTagIds: ['0'],
    supportsScopeTags: true,
    ...exportRules('applicabilityRules' in profile.settings ? profile.settings.applicabilityRules : undefined),
  };
}

function exportRules(rules: ApplicabilityRules | undefined): Properties {
  const { osEdition, osVersion } = rules ?? {};
  const rule = (kind: string, name: string, ruleType: ApplicabilityRuleType) => ({
    '@odata.type': `microsoft.graph.deviceManagementApplicabilityRule${kind}`,
    name,
    ruleType: ruleType === 'assignIf' ? 'include' : 'exclude',
  });
  return {
    deviceManagementApplicabilityRuleOsEdition:
      osEdition === undefined
        ? null
        : { ...rule('OsEdition', ruleNames.osEdition, osEdition.rule), osEditionTypes: osEdition.editions },
    deviceManagementApplicabilityRuleOsVersion:
      osVersion === undefined
        ? null
        : {
            ...rule('OsVersion', ruleNames.osVersion, osVersion.rule),
            minOSVersion: osVersion.minimum,
            maxOSVersion: osVersion.maximum,
          },
    deviceManagementApplicabilityRuleDeviceMode: null,
  };
}

function scep(profile: ScepProfile, type: GraphType, context: GraphExportContext, findings: Finding[]): Properties {
  const { settings } = profile;
  const usual = JSON.stringify(settings.server) === JSON.stringify(defaultServerOptions(settings.platform));
  if (!usual)
    notInGraph(findings, 'server', {
      detail: 'How this server treats requests is left out: Graph has no such settings.',
    });
  const { root, rootAs } = context;
  const bound = `https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('${settings.rootCertificate}')`;
  const expanded =
    root === null || rootAs === 'bind' ? null : exportGraph(root, { ...context, assignments: null }).object;
  return {
    ...exportScepSettings(settings, type, context.ownScepAddress, findings),
    ...(expanded === null ? { [bindProperty]: bound } : { rootCertificate: expanded }),
  };
}

function trusted({ settings }: TrustedCertificateProfile, { properties }: GraphType): Properties {
  return {
    trustedRootCertificate: settings.certificate,
    certFileName: settings.certificateFileName,
    ...(properties.includes('destinationStore') && {
      destinationStore: wordFor(destinationStoreWords, settings.destinationStore ?? 'computerRoot'),
    }),
    ...(properties.includes('deploymentChannel') && {
      deploymentChannel: `${settings.deploymentChannel ?? 'device'}Channel`,
    }),
  };
}

function exportAssignments(
  profileId: string,
  assignments: readonly ExportedAssignment[],
  findings: Finding[],
): readonly Properties[] {
  return assignments.flatMap(({ mode, target, filter }, i) => {
    const found = exportTarget({ mode, target });
    if (found === null) {
      const what = target.kind === 'user' || target.kind === 'device' ? `A single ${target.kind}` : 'Everybody';
      const detail = `${what} as a target to ${mode} does not exist in Graph; it is left out.`;
      notInGraph(findings, `assignments.${i}`, { detail, fix: 'Use a group.' });
      return [];
    }
    if (target.kind === 'group')
      notInGraph(findings, `assignments.${i}`, {
        severity: 'information',
        detail: `The group is named by its id here, ${target.groupId}, which no other directory knows.`,
      });
    const type = { '@odata.type': `${typePrefix}deviceConfigurationAssignment` };
    if (filter !== null)
      notInGraph(findings, `assignments.${i}.filter`, {
        severity: 'information',
        detail: `The filter is named by its id here, ${filter.filterId}, which no other server knows.`,
      });
    const filtered = {
      deviceAndAppManagementAssignmentFilterId: filter?.filterId ?? null,
      deviceAndAppManagementAssignmentFilterType: filter?.mode ?? 'none',
    };
    return [{ ...type, id: `${profileId}_${found.group}`, intent: 'apply', target: { ...found.target, ...filtered } }];
  });
}

function exportTarget({
  mode,
  target,
}: Pick<ExportedAssignment, 'mode' | 'target'>): { group: string; target: Properties } | null {
  const typed = (name: string) => ({ '@odata.type': `${typePrefix}${name}` });
  if (target.kind === 'group') {
    const { groupId } = target;
    const name = mode === 'include' ? 'groupAssignmentTarget' : 'exclusionGroupAssignmentTarget';
    return { group: groupId, target: { ...typed(name), groupId } };
  }
  if (mode === 'exclude') return null;
  if (target.kind === 'allUsers') return { group: allUsersGroup, target: typed('allLicensedUsersAssignmentTarget') };
  if (target.kind === 'allDevices') return { group: allDevicesGroup, target: typed('allDevicesAssignmentTarget') };
  return null;
}
