import { activityTable } from './activity-table.ts';
import { administratorTable, passwordTable } from './administrator-table.ts';
import { apiTokenTable } from './api-token-table.ts';
import { assignmentTable } from './assignment-table.ts';
import { auditTrail } from './audit-trail.ts';
import { authorityTable } from './authority-table.ts';
import { certificateIndex, segmentColumns } from './certificate-index.ts';
import { certificateStatuses } from './certificate-statuses.ts';
import { certificateTable } from './certificate-table.ts';
import { challengeTable } from './challenge-table.ts';
import { crlTable } from './crl-table.ts';
import { deploymentTable } from './deployment-table.ts';
import { deviceCredentialTable } from './device-credential-table.ts';
import { deviceTable } from './device-table.ts';
import { deviceWalk } from './device-walk.ts';
import { dirtyQueue } from './dirty-queue.ts';
import { erasureTable } from './erasure-table.ts';
import { eventFeed } from './event-feed.ts';
import { type EventStamp, eventTable } from './event-table.ts';
import { expiredRecords } from './expired-records.ts';
import { filterTable } from './filter-table.ts';
import { groupTable } from './group-table.ts';
import { heldChangeTable } from './held-change-table.ts';
import { idempotencyTable } from './idempotency-table.ts';
import { identityProviderTable, identityTable } from './identity-provider-table.ts';
import { installedCertificates } from './installed-certificates.ts';
import { jobTable } from './job-table.ts';
import { joinTokenTable } from './join-token-table.ts';
import { keyTable } from './key-table.ts';
import { leaseTable } from './lease-table.ts';
import { membershipGraph } from './membership-graph.ts';
import { objectNames } from './object-names.ts';
import { openSecrets } from './open-secrets.ts';
import { passkeyTable } from './passkey-table.ts';
import { pendingRequestTable } from './pending-request-table.ts';
import { personalTexts } from './personal-texts.ts';
import { profileHistoryTable } from './profile-history-table.ts';
import { profileTable } from './profile-table.ts';
import { reIssueCandidates } from './re-issue-candidates.ts';
import {
  forgetRemovals,
  massRemovalSetting,
  removalCaseTable,
  removalTable,
  stopCountingRemovals,
} from './removal-table.ts';
import { renewalCandidates } from './renewal-candidates.ts';
import type { ReportPorts } from './report-ports.ts';
import { requestFacts } from './request-facts.ts';
import { roleAssignmentTable } from './role-assignment-table.ts';
import { roleTable } from './role-table.ts';
import { scepTransactionTable } from './scep-transaction-table.ts';
import { scopeTagTable } from './scope-tag-table.ts';
import { sealChainTable } from './seal-chain-table.ts';
import { sessionTable } from './session-table.ts';
import {
  cadenceSetting,
  coManagementSetting,
  retentionSetting,
  secondApprovalSetting,
  sessionLifetimeSetting,
  settingsTable,
} from './settings-table.ts';
import { signInCodeTable, signInRecordTable, usedChallengeTable } from './sign-in-table.ts';
import type { Sql } from './sql.ts';
import type { Ports } from './store.ts';
import { storedEvents } from './stored-events.ts';
import { supersededCertificates } from './superseded-certificates.ts';
import { userTable } from './user-table.ts';
import { webhookDeliveryTable } from './webhook-delivery-table.ts';
import { webhookOutbox, webhookTable } from './webhook-table.ts';

/** The ports that are written once for both stores; the ledger is each driver's own, and who serves reports is, too. */
export function portsOn(sql: Sql, stamp: EventStamp): Omit<Ports, 'ledger' | keyof ReportPorts> {
  const settings = settingsTable(sql);
  return {
    users: userTable(sql),
    devices: deviceTable(sql),
    groups: groupTable(sql),
    memberships: membershipGraph(sql),
    dirtyQueue: dirtyQueue(sql),
    deviceWalk: deviceWalk(sql),
    profiles: profileTable(sql),
    profileHistory: profileHistoryTable(sql),
    assignments: assignmentTable(sql),
    filters: filterTable(sql),
    coManagement: coManagementSetting(settings),
    deployments: deploymentTable(sql),
    challenges: challengeTable(sql),
    authorities: authorityTable(sql),
    keys: keyTable(sql),
    certificates: certificateTable(sql),
    statuses: certificateStatuses(sql),
    installedCertificates: installedCertificates(sql),
    crls: crlTable(sql),
    pendingRequests: pendingRequestTable(sql),
    renewals: renewalCandidates(sql),
    superseded: supersededCertificates(sql),
    reIssues: reIssueCandidates(sql),
    jobs: jobTable(sql),
    removals: removalTable(sql),
    removalCases: removalCaseTable(sql),
    forgetRemovals: forgetRemovals(sql),
    stopCountingRemovals: stopCountingRemovals(sql),
    massRemoval: massRemovalSetting(settings),
    requestFacts: requestFacts(sql),
    tokens: apiTokenTable(sql),
    administrators: administratorTable(sql),
    passwords: passwordTable(sql),
    passkeys: passkeyTable(sql),
    signInCodes: signInCodeTable(sql),
    signInRecords: signInRecordTable(sql),
    usedChallenges: usedChallengeTable(sql),
    sessions: sessionTable(sql),
    sessionLifetime: sessionLifetimeSetting(settings),
    identityProviders: identityProviderTable(sql),
    identities: identityTable(sql),
    heldChanges: heldChangeTable(sql),
    secondApproval: secondApprovalSetting(settings),
    scopeTags: scopeTagTable(sql),
    roles: roleTable(sql),
    roleAssignments: roleAssignmentTable(sql),
    credentials: deviceCredentialTable(sql),
    joinTokens: joinTokenTable(sql),
    cadence: cadenceSetting(settings),
    events: eventTable(sql, stamp),
    auditTrail: auditTrail(sql),
    retention: retentionSetting(settings),
    expired: expiredRecords(sql),
    erasures: erasureTable(sql),
    personalTexts: personalTexts(sql),
    openSecrets: openSecrets(sql),
    objectNames: objectNames(sql),
    sealChain: sealChainTable(sql),
    storedEvents: storedEvents(sql, stamp),
    certificateIndex: certificateIndex(sql),
    segmentColumns: segmentColumns(sql),
    activity: activityTable(sql),
    feed: eventFeed(sql),
    webhooks: webhookTable(sql),
    deliveries: webhookDeliveryTable(sql),
    outbox: webhookOutbox(sql),
    scepTransactions: scepTransactionTable(sql),
    idempotency: idempotencyTable(sql),
    settings,
    leases: leaseTable(sql),
  };
}
