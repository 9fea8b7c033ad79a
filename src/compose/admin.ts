import { assignRole } from '../access/assign-role.ts';
import { createApiToken } from '../access/create-api-token.ts';
import { deleteRole } from '../access/delete-role.ts';
import { deleteScopeTag } from '../access/delete-scope-tag.ts';
import { giveScopeTags } from '../access/give-scope-tags.ts';
import { limitedScopeTags } from '../access/limited-scope-tags.ts';
import { once } from '../access/once.ts';
import { revokeApiToken } from '../access/revoke-api-token.ts';
import { saveRole } from '../access/save-role.ts';
import { saveScopeTag } from '../access/save-scope-tag.ts';
import type { TaggedObjects } from '../access/tagged-objects.ts';
import { unassignRole } from '../access/unassign-role.ts';
import { limitedViewer } from '../access/viewing.ts';
import { applyProfile } from '../assignments/apply-profile.ts';
import { applyProfiles } from '../assignments/apply-profiles.ts';
import { assign } from '../assignments/assign.ts';
import { assignmentFindings } from '../assignments/assignment-findings.ts';
import { explainDevice } from '../assignments/explain-device.ts';
import { explainUser } from '../assignments/explain-user.ts';
import { deleteFilter } from '../assignments/filter/delete-filter.ts';
import { previewFilter } from '../assignments/filter/preview-filter.ts';
import { profilesUsing } from '../assignments/filter/profiles-using.ts';
import { saveFilter } from '../assignments/filter/save-filter.ts';
import { groupUses } from '../assignments/group-uses.ts';
import { importProfiles } from '../assignments/import-profiles.ts';
import { saveCoManagement } from '../assignments/save-co-management.ts';
import { carryingScopeTag, renameScopeTag } from '../assignments/tagged-objects.ts';
import { expectedValidity } from '../authority/expected-validity.ts';
import { saveTemplates } from '../authority/save-templates.ts';
import { createChallenge } from '../delivery/create-challenge.ts';
import { probeProfile } from '../delivery/probe/probe-profile.ts';
import { revokeCredentials } from '../delivery/revoke-credentials.ts';
import type { WakeBoard } from '../delivery/wake-board.ts';
import { changeMembers } from '../directory/change-members.ts';
import { createImportMonitor } from '../directory/import/import-monitor.ts';
import { removeGroups } from '../directory/remove-groups.ts';
import { removeUsers } from '../directory/remove-users.ts';
import { saveDevice } from '../directory/save-device.ts';
import { saveGroup } from '../directory/save-group.ts';
import { saveUser } from '../directory/save-user.ts';
import { decideApproval } from '../enrollment/decide-approval.ts';
import type { LiveEvents } from '../events/live-events.ts';
import type { AdminUseCases } from '../http/admin/admin-routes.ts';
import { probeLimit } from '../http/admin/probe-limit.ts';
import { demandEverything } from '../http/caller.ts';
import { probeTransport } from '../http/outbound/probe-transport.ts';
import type { Bound } from '../lib/bound.ts';
import { countTargets } from '../lifecycle/count-targets.ts';
import { impact } from '../lifecycle/impact.ts';
import { intendedChange } from '../lifecycle/intended-change.ts';
import { leavingImpact } from '../lifecycle/leaving-impact.ts';
import { areMany } from '../lifecycle/many-removals.ts';
import { reIssue } from '../lifecycle/re-issue.ts';
import { reachImpact } from '../lifecycle/reach-impact.ts';
import type { ReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import { reviewAssignments } from '../lifecycle/review-assignments.ts';
import { saveMassRemoval } from '../lifecycle/save-mass-removal.ts';
import { confirmRemoval, rejectRemoval } from '../lifecycle/settle-removal.ts';
import { deleteProfile } from '../profiles/delete-profile.ts';
import { restoreProfile } from '../profiles/restore-profile.ts';
import { reviewProfile } from '../profiles/review-profile.ts';
import { saveProfile } from '../profiles/save-profile.ts';
import type { ScopeTagRule } from '../profiles/scope-tag-rule.ts';
import { activityReport, failureReport } from '../reporting/activity-report.ts';
import { deploymentTimeline } from '../reporting/deployment-timeline.ts';
import { deviceScopeTags } from '../reporting/device-scope-tags.ts';
import { deviceTimeline } from '../reporting/device-timeline.ts';
import { exportCertificates } from '../reporting/export-certificates.ts';
import { overviewReport } from '../reporting/overview.ts';
import { preview } from '../reporting/preview.ts';
import type { AccessFeature } from './access.ts';
import { composeAudit } from './audit.ts';
import type { AuthorityFeature } from './authority.ts';
import type { DeliveryFeature } from './delivery.ts';
import { currentEndings } from './endings.ts';
import type { ErasureFeature } from './erasure.ts';
import type { Foundation } from './foundation.ts';
import type { JobsFeature } from './jobs.ts';
import type { LifecycleFeature } from './lifecycle.ts';
import { limitedPorts } from './limited-ports.ts';
import type { OwnAddresses } from './own-addresses.ts';
import type { RetentionFeature } from './retention.ts';
import { revocationQuestion } from './revocations.ts';
import { composeRollover } from './rollover.ts';
import type { SampleOrganisation } from './sample/sample-organisation.ts';
import { applyWithin, seenProfiles } from './seen-profiles.ts';
import { allSettings } from './settings.ts';
import type { UploadFolder } from './upload-folder.ts';
import { expectVisibleParams } from './visible-params.ts';
import type { WebhookFeature } from './webhooks.ts';
import { isWithinView, withinTags } from './within-tags.ts';

/** The administration API's verbs and reads. */
export function composeAdmin(
  foundation: Foundation,
  parts: {
    readonly access: AccessFeature;
    readonly authority: AuthorityFeature;
    readonly lifecycle: LifecycleFeature;
    readonly delivery: Pick<DeliveryFeature, 'createJoinToken' | 'saveCadence'>;
    readonly wakeBoard: Pick<WakeBoard, 'summon'>;
    readonly reconciling: Pick<ReconcileLoop, 'device'>;
    readonly addresses: OwnAddresses;
    readonly uploads: UploadFolder;
    readonly retention: RetentionFeature;
    readonly webhooks: WebhookFeature;
    readonly erasure: Pick<ErasureFeature, 'useCases'>;
    readonly jobs: JobsFeature;
    readonly liveEvents: LiveEvents;
    readonly sample: SampleOrganisation;
    /** An issuer came: who answers for it need not wait for the schedule. */
    readonly renewOcspSigners: () => Promise<void>;
  },
): AdminUseCases {
  const { store, clock } = foundation;
  const { access, authority, lifecycle, delivery, wakeBoard, reconciling, addresses, uploads, jobs } = parts;
  const { retention, erasure, webhooks, liveEvents, sample } = parts;
  const limited = limitedPorts(store);
  const scopeTagRule: ScopeTagRule = (before, wanted) => limitedScopeTags(store, before, wanted);
  const ports = {
    ...store,
    ...limited,
    assignments: store.assignments,
    clock,
    issuers: authority.issuerFacts,
    scopeTagRule,
  };
  /** What callers read, they read as they may see it. */
  const shared = { ...ports, ...store.seen, once: ((input) => once(ports, input)) satisfies Bound<typeof once> };
  /** With the assignments that callers see, and the names that they may name. */
  const { users, groups, devices, filters } = store.seen;
  const names = {
    users,
    devices,
    groups: { ...limited.groups, get: groups.get, findByName: groups.findByName },
    filters,
  };
  const assigning = { ...ports, assignments: limited.assignments };
  const walking = {
    ...ports,
    deviceWalk: store.seen.deviceWalk,
    deployments: store.seen.deployments,
    wanted: { ...ports, reach: { ...ports, devices } },
    members: ports,
  };
  const bindAssign: Bound<typeof assign> = (input) => assign(assigning, input);
  const bindApply = applyWithin(store, (input) =>
    applyProfiles({ ...assigning, ...names, filters: limited.filters }, input),
  );
  const bindImpact: Bound<typeof impact> = (input) => impact(walking, input);
  const wouldWait = (devices: number) => areMany(ports, { now: clock.now(), more: async () => devices });
  const bindDeviceScopeTags: Bound<typeof deviceScopeTags> = (deviceIds) => deviceScopeTags(ports, deviceIds);
  const tagged: TaggedObjects = {
    carrying: async (isTag) => {
      const ids = new Set((await store.scopeTags.all()).filter(({ name }) => isTag(name)).map(({ id }) => id));
      const roles = new Map((await store.roles.all()).map(({ id, name }) => [id, name]));
      const assigned = (await store.roleAssignments.all()).filter(
        ({ scope }) => scope.scopeTags !== 'all' && scope.scopeTags.some((id) => ids.has(id)),
      );
      return [
        ...(await carryingScopeTag(ports, isTag)),
        ...assigned.map(({ roleId }) => ({ kind: 'assignment of the role', name: roles.get(roleId) ?? roleId })),
      ];
    },
    rename: (isTag, name, cause) => renameScopeTag(ports, isTag, name, cause),
  };
  const bindIntent: Bound<typeof intendedChange> = (input) =>
    intendedChange({ ...assigning, applyProfiles: bindApply }, input);
  const reviewing = {
    reviewAssignments: ((input) => reviewAssignments(walking, input)) satisfies Bound<typeof reviewAssignments>,
  };
  const tags = withinTags({
    store,
    saveUser: (input) => saveUser(ports, input),
    saveDevice: (input) => saveDevice(ports, input),
    saveGroup: (input) => saveGroup(ports, input),
    giveScopeTags: (input) => giveScopeTags(ports, input),
    givenTo: async (deviceId) => (await store.scopeTags.givenTo([deviceId])).get(deviceId) ?? [],
    saveScopeTag: (input) => saveScopeTag({ ...ports, tagged }, input),
  });
  const bindSave: Bound<typeof saveProfile> = (input) => saveProfile(ports, input);
  /** The authority is there, whatever becomes of this: the schedule tries it again. */
  const withSigner = async <T>(making: Promise<T>): Promise<T> => {
    const made = await making;
    await parts.renewOcspSigners().catch((error: unknown) => {
      foundation.log.error('the OCSP signer of the new authority could not be made and will be tried again', error);
    });
    return made;
  };
  const scepAddressOf = (slug: string) => `${addresses.publicUrl}/scep/${slug}`;
  return {
    expectVisible: (params) => expectVisibleParams(store.seen, params),
    users: {
      ...shared,
      saveUser: tags.saveUser,
      removeUsers: (input) => removeUsers(ports, input),
    },
    groups: {
      ...shared,
      saveGroup: tags.saveGroup,
      removeGroups: (input) => removeGroups({ ...ports, groupUses: (groupIds) => groupUses(ports, groupIds) }, input),
      changeMembers: (input) => changeMembers(ports, input),
    },
    devices: { ...shared, saveDevice: tags.saveDevice, deviceScopeTags: bindDeviceScopeTags },
    deviceActions: {
      ...shared,
      createJoinToken: async (input) => {
        if (input.deviceId === null) demandEverything('A token with which any device may join');
        return delivery.createJoinToken(input);
      },
      revokeCredentials: (input) => revokeCredentials(ports, input),
      retire: lifecycle.retire,
      deleteDevices: lifecycle.deleteDevices,
      summon: (deviceIds) => wakeBoard.summon(deviceIds),
      timeline: (input) => deviceTimeline(shared, input),
    },
    explain: {
      ...shared,
      deviceScopeTags: bindDeviceScopeTags,
      explainDevice: async (input) => seenProfiles(store, await explainDevice({ ...assigning, reach: ports }, input)),
      explainUser: async (input) =>
        seenProfiles(store, await explainUser({ ...assigning, reach: { ...ports, devices } }, input)),
    },
    directoryImport: {
      importDirectory: lifecycle.importDirectory,
      importMonitor: createImportMonitor(clock),
      receiveFile: uploads.receive,
    },
    profiles: {
      ...shared,
      ...reviewing,
      intendedChange: bindIntent,
      applyProfile: (input) =>
        applyProfile(
          { ...ports, saveProfile: bindSave, assign: bindAssign, names: { ...names, scopeTags: store.scopeTags } },
          input,
        ),
      deleteProfile: (input) => deleteProfile(ports, input),
      reviewProfile: (input) => reviewProfile(ports, input),
      preview: (input) =>
        preview({ ...ports, scepAddressOf, validityFor: (issuer) => expectedValidity(ports, issuer) }, input),
    },
    profileHistory: {
      ...shared,
      ...reviewing,
      restoreProfile: (input) => restoreProfile({ ...ports, saveProfile: bindSave }, input),
    },
    profileStatus: { ...shared, deviceScopeTags: bindDeviceScopeTags },
    probe: {
      ...shared,
      limit: probeLimit(),
      probeProfile: (input) =>
        probeProfile(
          {
            ...ports,
            transport: probeTransport({ privateAddresses: foundation.config.probePrivate }),
            ownOrigins: addresses.origins,
          },
          input,
        ),
    },
    profileApply: { ...shared, ...reviewing, applyProfiles: bindApply, impact: bindImpact, wouldWait },
    profileImpact: {
      ...shared,
      intendedChange: bindIntent,
      impact: bindImpact,
      wouldWait,
    },
    profileGraph: {
      ...shared,
      scepAddressOf,
      importProfiles: (input) =>
        importProfiles({ ...assigning, ...names, ownScepAddress: `${addresses.publicUrl}/scep` }, input),
    },
    assignments: {
      ...shared,
      ...reviewing,
      assign: bindAssign,
      assignmentFindings: (input) => assignmentFindings(ports, input),
      countTargets: (input) => countTargets(walking, input),
    },
    filters: {
      ...shared,
      saveFilter: (input) => saveFilter(ports, input),
      deleteFilter: (input) => deleteFilter(ports, input),
      previewFilter: (input) => previewFilter({ ...ports, ...store.seen }, input),
      profilesUsing: (id) => profilesUsing(shared, id),
    },
    scopeTags: {
      ...shared,
      saveScopeTag: (input) => saveScopeTag({ ...ports, tagged }, input),
      deleteScopeTag: (input) => deleteScopeTag({ ...ports, tagged }, input),
      giveScopeTags: tags.giveScopeTags,
      deviceScopeTags: bindDeviceScopeTags,
    },
    roles: {
      ...shared,
      saveRole: (input) => saveRole(ports, input),
      deleteRole: (input) => deleteRole(ports, input),
      assignRole: (input) => assignRole(ports, input),
      unassignRole: (input) => unassignRole(ports, input),
    },
    coManagement: { ...shared, saveCoManagement: (input) => saveCoManagement(ports, input) },
    deployments: {
      ...shared,
      deploymentTimeline: (input) => deploymentTimeline({ ...ports, facts: ports }, input),
      deviceScopeTags: bindDeviceScopeTags,
      reIssue: (input) => reIssue(ports, input),
    },
    reIssue: {
      ...shared,
      startJob: jobs.startJob,
      countReIssue: async (scope) => {
        if (scope.deviceId === null) demandEverything('To have certificates issued for more than a device');
        return jobs.countReIssue(scope);
      },
    },
    jobs: { ...shared, steerJob: jobs.steerJob },
    impact: {
      ...shared,
      groupUses: (groupIds) => groupUses(ports, groupIds),
      reachImpact: (input) => reachImpact(walking, input),
      leavingImpact: (input) => leavingImpact({ ...shared, rules: ports }, input),
      wouldWait,
    },
    removals: {
      ...shared,
      confirmRemoval: (input) => confirmRemoval({ ...ports, startJob: jobs.startJob }, input),
      rejectRemoval: (input) => rejectRemoval(ports, input),
      saveMassRemoval: (input) => saveMassRemoval(ports, input),
    },
    challenges: {
      ...shared,
      upToDate: (deviceId) => reconciling.device(deviceId),
      createChallenge: (input) => createChallenge({ ...ports, ownAddresses: [addresses.publicUrl] }, input),
    },
    certificates: {
      ...shared,
      revoke: authority.revoke,
      exportCertificates: (input) => exportCertificates(store.seen, input),
    },
    revocations: { ...shared, question: revocationQuestion, startJob: jobs.startJob },
    reports: {
      ...shared,
      activityReport: (input) => activityReport({ activity: store.seen.activitySource, clock }, input),
      failureReport: (input) => failureReport({ activity: store.seen.activitySource, clock }, input),
      overviewReport: (input) =>
        overviewReport({ ...ports, ...store.seen, activity: store.seen.activitySource }, input),
      scepAddress: () => `${addresses.publicUrl}/scep`,
    },
    rollover: composeRollover(foundation, authority),
    endings: { endings: currentEndings(foundation) },
    newAuthority: {
      createAuthority: (input) => withSigner(authority.create(input)),
      importAuthority: (input) => withSigner(authority.bringAlong(input)),
      hasAuthority: async () => (await store.authorities.all()).length > 0,
    },
    authorities: {
      ...shared,
      publishCrl: authority.publishCrl,
      saveTemplates: (input) => saveTemplates(ports, input),
    },
    approvals: { ...shared, decideApproval: (input) => decideApproval(ports, input) },
    events: shared,
    eventStream: {
      liveEvents,
      seen: async (events) => {
        if (limitedViewer() === null) return events;
        const ids = new Set((await store.seen.storedEvents.read(events.map(({ id }) => id))).map(({ id }) => id));
        return events.filter(({ id }) => ids.has(id));
      },
    },
    audit: composeAudit(foundation),
    erasure: erasure.useCases,
    retention: { ...retention.useCases, ...shared },
    session: access.sessionUseCases,
    passkeys: access.passkeyUseCases,
    heldChanges: access.heldChangeUseCases,
    identityProviders: { ...access.identityProviderUseCases, once: shared.once },
    administrators: { ...access.administratorUseCases, once: shared.once },
    tokens: {
      ...shared,
      tokens: { list: async () => (await store.tokens.list()).filter(({ scope }) => isWithinView(scope)) },
      createApiToken: (input) => createApiToken(ports, input),
      revokeApiToken: async (input) => {
        const token = await store.tokens.get(input.id);
        const id = (token === null || isWithinView(token.scope) ? input.id : '') as typeof input.id;
        return revokeApiToken(ports, { ...input, id });
      },
    },
    settings: { ...shared, saveCadence: delivery.saveCadence, allSettings: () => allSettings(foundation) },
    sample: { sample },
    status: shared,
    webhooks: { ...shared, verbs: webhooks, limit: probeLimit() },
  };
}
