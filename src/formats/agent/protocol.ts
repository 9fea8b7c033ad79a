/** Addresses of the agent protocol, version 1, below the server's own. */
export const agentPaths = {
  /** GET, public: the certificates that an agent may pin, `Anchors`. */
  anchors: '/device/v1/anchors',
  /** POST, public: `JoinRequest` → `JoinAnswer`. */
  join: '/device/v1/join',
  /** POST, with the device's credential: `CheckInRequest` → `CheckInAnswer`. */
  checkIn: '/device/v1/check-in',
  /** POST, with the device's credential: `ReportRequest` → `ReportAnswer`. */
  reports: '/device/v1/reports',
  /** GET `?version=`, with the device's credential; answers when something changed, or after a while: `WakeAnswer`. */
  wake: '/device/v1/wake',
  /** POST, with the device's credential, no body: the device is no longer managed. */
  leave: '/device/v1/leave',
} as const;

/** Bytes of a request body, the most that any agent message needs. */
export const maxAgentMessage = 256 * 1024;

/** Names, usages and addresses of one profile: as many as a profile may have (intune-domain 1.14, V15). */
export const maxRows = 500;
