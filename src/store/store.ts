import type { ApiTokenStore } from '../access/api-token.ts';
import type { IdempotencyStore } from '../access/idempotency-store.ts';
import type { ScopeTagStore } from '../access/scope-tag-store.ts';
import type { SettingsStore } from '../access/settings-store.ts';
import type { AssignmentStore } from '../assignments/assignment-store.ts';
import type { CoManagementStore } from '../assignments/co-management.ts';
import type { FilterStore } from '../assignments/filter/filter-store.ts';
import type { AuthorityStore } from '../authority/authority-store.ts';
import type { CertificateStatuses } from '../authority/certificate-status.ts';
import type { CertificateStore } from '../authority/certificate-store.ts';
import type { CrlStore } from '../authority/crl-store.ts';
import type { KeyStore } from '../authority/key-store.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import type { CadenceStore } from '../delivery/cadence.ts';
import type { DeviceCredentialStore } from '../delivery/device-credential.ts';
import type { InstalledCertificates } from '../delivery/installed-certificates.ts';
import type { JoinTokenStore } from '../delivery/join-token.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { UserStore } from '../directory/user-store.ts';
import type { IssuanceLedger } from '../enrollment/issuance-ledger.ts';
import type { PendingRequestStore } from '../enrollment/pending-request.ts';
import type { RequestFacts } from '../enrollment/request-facts.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ScepTransactionLog } from '../events/scep-transaction.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { LeaseStore } from '../lib/lease.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceWalk } from '../lifecycle/device-walk.ts';
import type { ReIssueCandidates } from '../lifecycle/re-issue-candidates.ts';
import type { RenewalCandidates } from '../lifecycle/renewal-candidates.ts';
import type { ProfileHistory } from '../profiles/profile-history.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { GaugeStore } from '../reporting/gauge-store.ts';
import type { OverviewStore } from '../reporting/overview-store.ts';

/** Every port of the features on one database; each feature is given the few that it asks for. */
export type Ports = {
  readonly users: UserStore;
  readonly devices: DeviceStore;
  readonly groups: GroupStore;
  readonly memberships: MembershipGraph;
  readonly dirtyQueue: DirtyQueue;
  readonly deviceWalk: DeviceWalk;
  readonly profiles: ProfileStore;
  readonly profileHistory: ProfileHistory;
  readonly assignments: AssignmentStore;
  readonly filters: FilterStore;
  readonly coManagement: CoManagementStore;
  readonly deployments: DeploymentStore;
  readonly challenges: ChallengeStore;
  readonly authorities: AuthorityStore;
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
  readonly statuses: CertificateStatuses;
  readonly installedCertificates: InstalledCertificates;
  readonly crls: CrlStore;
  readonly ledger: IssuanceLedger;
  readonly pendingRequests: PendingRequestStore;
  readonly renewals: RenewalCandidates;
  readonly reIssues: ReIssueCandidates;
  readonly jobs: JobStore;
  readonly requestFacts: RequestFacts;
  readonly tokens: ApiTokenStore;
  readonly scopeTags: ScopeTagStore;
  readonly credentials: DeviceCredentialStore;
  readonly joinTokens: JoinTokenStore;
  readonly cadence: CadenceStore;
  readonly events: EventLog;
  readonly overview: OverviewStore;
  readonly gauges: GaugeStore;
  readonly scepTransactions: ScepTransactionLog;
  readonly idempotency: IdempotencyStore;
  readonly settings: SettingsStore;
  readonly leases: LeaseStore;
};

/** An open database. Closing it waits for what is under way. */
export type Store = Ports &
  AsyncDisposable & {
    readonly kind: 'sqlite' | 'postgres';
    readonly transact: Transact;
    /** Throws when the database does not answer. */
    ping(): Promise<void>;
  };
