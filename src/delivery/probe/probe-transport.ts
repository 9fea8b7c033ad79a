/** How a probe reaches somebody else's server: the port. Its adapter decides where it may go at all. */

/** Why there was no answer. `code` is stable; `detail` tells nothing of what an answer held. */
export type ProbeTrouble = {
  readonly kind: 'trouble';
  readonly code:
    | 'address-refused'
    | 'name-unknown'
    | 'unreachable'
    | 'too-slow'
    | 'too-large'
    | 'tls-failed'
    | 'redirected'
    | 'http-status'
    | 'not-http';
  readonly detail: string;
};

/** What the server showed in the TLS handshake; null where the address is plain HTTP. */
export type ProbeTls = {
  /** DER, the server's own first. */
  readonly certificates: readonly Uint8Array[];
  /** The certificate leads to an authority that systems come with, or to one of the anchors, and is in force. */
  readonly trusted: boolean;
  /** Why not, as the TLS library names it. */
  readonly reason: string | null;
  readonly protocol: string;
};

export type ProbeAnswer = {
  readonly kind: 'answer';
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly tls: ProbeTls | null;
};

export type ProbeTarget = {
  /** As the name was resolved, once: every call goes there. */
  readonly address: string;
  /** GET with this query. Follows no redirects; only status 200 is an answer. */
  get(query: string): Promise<ProbeAnswer | ProbeTrouble>;
};

export type ProbeTransport = {
  /** Time limits begin now. `anchors` are DER certificates that count as trusted for TLS besides the system's. */
  open(url: URL, anchors: readonly Uint8Array[]): Promise<ProbeTarget | ProbeTrouble>;
};
