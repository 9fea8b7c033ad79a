/** The administration API: `/api/v1/…` and its own description, `/api/openapi.json`. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { adminScope } from './admin-scope.ts';
import { type ApprovalUseCases, registerApprovalRoutes } from './approval-routes.ts';
import { type AssignmentUseCases, registerAssignmentRoutes } from './assignment-routes.ts';
import { type AuditUseCases, registerAuditRoutes } from './audit-routes.ts';
import { type AuthorityUseCases, registerAuthorityRoutes } from './authority-routes.ts';
import { type CertificateUseCases, registerCertificateRoutes } from './certificate-routes.ts';
import { type ChallengeUseCases, registerChallengeRoutes } from './challenge-routes.ts';
import { type CoManagementUseCases, registerCoManagementRoutes } from './co-management-routes.ts';
import { type DeploymentUseCases, registerDeploymentRoutes } from './deployment-routes.ts';
import { type DeviceActionUseCases, registerDeviceActionRoutes } from './device-action-routes.ts';
import { type DeviceUseCases, registerDeviceRoutes } from './device-routes.ts';
import { type DirectoryImportUseCases, registerDirectoryImportRoutes } from './directory-import-routes.ts';
import { documentation } from './documentation.ts';
import { type EndingUseCases, registerEndingRoutes } from './ending-routes.ts';
import { type ErasureUseCases, registerErasureRoutes } from './erasure-routes.ts';
import { type EventUseCases, registerEventRoutes } from './event-routes.ts';
import { type EventStreamUseCases, registerEventStreamRoutes } from './event-stream-routes.ts';
import { type ExplainUseCases, registerExplainRoutes } from './explain-routes.ts';
import { type FilterUseCases, registerFilterRoutes } from './filter-routes.ts';
import { type GroupUseCases, registerGroupRoutes } from './group-routes.ts';
import { type JobUseCases, registerJobRoutes } from './job-routes.ts';
import { type ProbeUseCases, registerProbeRoutes } from './probe-routes.ts';
import { type ProfileApplyUseCases, registerProfileApplyRoutes } from './profile-apply-routes.ts';
import { type ProfileGraphUseCases, registerProfileGraphRoutes } from './profile-graph-routes.ts';
import { type ProfileHistoryUseCases, registerProfileHistoryRoutes } from './profile-history-routes.ts';
import { type ProfileImpactUseCases, registerProfileImpactRoutes } from './profile-impact-routes.ts';
import { type ProfileUseCases, registerProfileRoutes } from './profile-routes.ts';
import { type ProfileStatusUseCases, registerProfileStatusRoutes } from './profile-status-routes.ts';
import { type ReIssueUseCases, registerReIssueRoutes } from './re-issue-routes.ts';
import { type RemovalUseCases, registerRemovalRoutes } from './removal-routes.ts';
import { type ReportUseCases, registerReportRoutes } from './report-routes.ts';
import { type RetentionUseCases, registerRetentionRoutes } from './retention-routes.ts';
import { type RoleUseCases, registerRoleRoutes } from './role-routes.ts';
import { type RolloverUseCases, registerRolloverRoutes } from './rollover-routes.ts';
import { registerScopeTagRoutes, type ScopeTagUseCases } from './scope-tag-routes.ts';
import { registerSettingRoutes, type SettingUseCases } from './setting-routes.ts';
import { registerStatusRoutes, type StatusUseCases } from './status-routes.ts';
import { registerTokenRoutes, type TokenUseCases } from './token-routes.ts';
import { registerUserRoutes, type UserUseCases } from './user-routes.ts';
import { registerWebhookRoutes, type WebhookUseCases } from './webhook-routes.ts';

/** By resource; many resources share the same stores and verbs. */
export type AdminUseCases = {
  readonly users: UserUseCases;
  readonly groups: GroupUseCases;
  readonly devices: DeviceUseCases;
  readonly deviceActions: DeviceActionUseCases;
  readonly explain: ExplainUseCases;
  readonly directoryImport: DirectoryImportUseCases;
  readonly profiles: ProfileUseCases;
  readonly profileHistory: ProfileHistoryUseCases;
  readonly profileImpact: ProfileImpactUseCases;
  readonly profileStatus: ProfileStatusUseCases;
  readonly probe: ProbeUseCases;
  readonly profileApply: ProfileApplyUseCases;
  readonly profileGraph: ProfileGraphUseCases;
  readonly assignments: AssignmentUseCases;
  readonly filters: FilterUseCases;
  readonly coManagement: CoManagementUseCases;
  readonly scopeTags: ScopeTagUseCases;
  readonly roles: RoleUseCases;
  readonly deployments: DeploymentUseCases;
  readonly reIssue: ReIssueUseCases;
  readonly jobs: JobUseCases;
  readonly removals: RemovalUseCases;
  readonly challenges: ChallengeUseCases;
  readonly certificates: CertificateUseCases;
  readonly reports: ReportUseCases;
  readonly authorities: AuthorityUseCases;
  readonly rollover: RolloverUseCases;
  readonly endings: EndingUseCases;
  readonly approvals: ApprovalUseCases;
  readonly events: EventUseCases;
  readonly eventStream: EventStreamUseCases;
  readonly audit: AuditUseCases;
  readonly erasure: ErasureUseCases;
  readonly retention: RetentionUseCases;
  readonly tokens: TokenUseCases;
  readonly settings: SettingUseCases;
  readonly status: StatusUseCases;
  readonly webhooks: WebhookUseCases;
};

/** Calls no use case while it registers. */
export function registerAdminRoutes(app: FastifyInstance, useCases: AdminUseCases): void {
  app.register(async (within) => {
    await documentation(within);
    const scope = adminScope(within);
    scope.get('/api/openapi.json', { config: { permission: 'token' }, schema: { hide: true } }, () => within.swagger());
    scope.register(
      async (inner) => {
        const routes = inner.withTypeProvider<ZodTypeProvider>();
        registerUserRoutes(routes, useCases.users);
        registerGroupRoutes(routes, useCases.groups);
        registerDeviceRoutes(routes, useCases.devices);
        registerDeviceActionRoutes(routes, useCases.deviceActions);
        registerExplainRoutes(routes, useCases.explain);
        registerDirectoryImportRoutes(routes, useCases.directoryImport);
        registerProfileRoutes(routes, useCases.profiles);
        registerProfileHistoryRoutes(routes, useCases.profileHistory);
        registerProfileImpactRoutes(routes, useCases.profileImpact);
        registerProfileStatusRoutes(routes, useCases.profileStatus);
        registerProbeRoutes(routes, useCases.probe);
        registerProfileApplyRoutes(routes, useCases.profileApply);
        registerProfileGraphRoutes(routes, useCases.profileGraph);
        registerAssignmentRoutes(routes, useCases.assignments);
        registerFilterRoutes(routes, useCases.filters);
        registerCoManagementRoutes(routes, useCases.coManagement);
        registerScopeTagRoutes(routes, useCases.scopeTags);
        registerRoleRoutes(routes, useCases.roles);
        registerDeploymentRoutes(routes, useCases.deployments);
        registerReIssueRoutes(routes, useCases.reIssue);
        registerJobRoutes(routes, useCases.jobs);
        registerRemovalRoutes(routes, useCases.removals);
        registerChallengeRoutes(routes, useCases.challenges);
        registerCertificateRoutes(routes, useCases.certificates);
        registerReportRoutes(routes, useCases.reports);
        registerAuthorityRoutes(routes, useCases.authorities);
        registerRolloverRoutes(routes, useCases.rollover);
        registerEndingRoutes(routes, useCases.endings);
        registerApprovalRoutes(routes, useCases.approvals);
        registerEventRoutes(routes, useCases.events);
        registerEventStreamRoutes(routes, useCases.eventStream);
        registerAuditRoutes(routes, useCases.audit);
        registerErasureRoutes(routes, useCases.erasure);
        registerRetentionRoutes(routes, useCases.retention);
        registerTokenRoutes(routes, useCases.tokens);
        registerSettingRoutes(routes, useCases.settings);
        registerStatusRoutes(routes, useCases.status);
        registerWebhookRoutes(routes, useCases.webhooks);
      },
      { prefix: '/api/v1' },
    );
  });
}
