/**
 * Asks the SCEP servers of a profile that are not ours what they can and who they are, as its devices would. Started by an
 * administrator, never by itself. Changes nothing but the event that says who asked; shows nothing of what servers
 * answered but capabilities and certificates.
 */
import { sha256Hex } from '../../crypto/digest.ts';
import { mayIssue } from '../../crypto/verify-chain.ts';
import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { type Capability, parseCapabilities } from '../../formats/scep/capabilities.ts';
import type { Certificate } from '../../formats/x509/certificate.ts';
import { nameText } from '../../formats/x509/name-text.ts';
import { fromBase64, fromUtf8, sameBytes } from '../../lib/bytes.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import type { Profile, ScepProfile } from '../../profiles/profile.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { capabilityFindings } from './capability-findings.ts';
import { type ChainVerdict, chainVerdict, readCaCertificates } from './chain-verdict.ts';
import type { ProbeFinding } from './probe-finding.ts';
import type { ProbeAnswer, ProbeTarget, ProbeTls, ProbeTransport, ProbeTrouble } from './probe-transport.ts';
import { tlsFindings } from './tls-findings.ts';

export type ProbeDeps = {
  readonly transact: Transact;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly transport: ProbeTransport;
  /** `https://scep.example.org`: answered without a connection. */
  readonly ownOrigins: readonly string[];
};

export type ProbedCertificate = {
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: number;
  /** SHA-256, hex. */
  readonly fingerprint: string;
  readonly authority: boolean;
};

export type ProbedUrl = {
  readonly url: string;
  /** `own`: this server; nothing was asked. `not-probed`: there are more addresses than one probe asks. */
  readonly outcome: 'own' | 'answered' | 'no-scep' | 'failed' | 'not-probed';
  readonly reachable: boolean;
  /** Where the name led; null when it was not asked. */
  readonly address: string | null;
  readonly milliseconds: number;
  readonly tls: { readonly trusted: boolean; readonly protocol: string } | null;
  /** Null: there was no such answer. */
  readonly capabilities: readonly Capability[] | null;
  readonly certificates: readonly ProbedCertificate[] | null;
  readonly chain: ChainVerdict | null;
  readonly findings: readonly ProbeFinding[];
};

/** More addresses than anybody has servers. */
const mostUrls = 16;
const atOnce = 8;

/** Failures: `profile-not-found`, `profile-not-scep`. What servers do wrong is in the result. */
export async function probeProfile(
  deps: ProbeDeps,
  { profile, cause }: { readonly profile: Profile; readonly cause: Cause },
): Promise<readonly ProbedUrl[]> {
  if (profile.kind !== 'scep')
    throw new Failure('invalid', 'profile-not-scep', `“${profile.name}” is no SCEP certificate profile.`);
  const root = await rootOf(deps, profile);
  const urls = profile.settings.scepServerUrls;
  const probed: ProbedUrl[] = [];
  for (let from = 0; from < Math.min(urls.length, mostUrls); from += atOnce)
    probed.push(
      ...(await Promise.all(
        urls.slice(from, Math.min(from + atOnce, mostUrls)).map((url) => probeUrl(deps, profile, root, url)),
      )),
    );
  const left = urls.slice(mostUrls).map((url) => notProbed(url));
  await deps.transact(() =>
    deps.events.append([
      {
        type: 'profile.probed',
        cause,
        subjects: [{ kind: 'profile', id: profile.id }],
        data: { urls: probed.map(({ url, outcome }) => ({ url, outcome })) },
      },
    ]),
  );
  return [...probed, ...left];
}

async function rootOf({ profiles }: ProbeDeps, { settings }: ScepProfile): Promise<Uint8Array | null> {
  const root = await profiles.get(settings.rootCertificate);
  return root?.kind === 'trustedCertificate' ? (fromBase64(root.settings.certificate) ?? null) : null;
}

async function probeUrl(
  deps: ProbeDeps,
  profile: ScepProfile,
  root: Uint8Array | null,
  text: string,
): Promise<ProbedUrl> {
  if (!URL.canParse(text))
    return { ...nothing(text), findings: [finding('address-refused', 'error', 'This is no address.')] };
  const url = new URL(text);
  const own = ownAddress(deps.ownOrigins, url, profile);
  if (own !== null) return { ...nothing(text), outcome: 'own', reachable: true, findings: own };
  const started = deps.clock.monotonic();
  const took = () => Math.round(deps.clock.monotonic() - started);
  const target = await deps.transport.open(url, root === null ? [] : [root]);
  if ('kind' in target) return { ...nothing(text), milliseconds: took(), findings: [asFinding(target)] };
  const heard = await hear(target);
  const judged = judgeSafely(heard, { profile, root, url, now: deps.clock.now() });
  return { ...nothing(text), ...judged, address: target.address, milliseconds: took() };
}

type Heard = { readonly caps: ProbeAnswer | ProbeTrouble; readonly certs: ProbeAnswer | ProbeTrouble };

/** Whoever does not answer the first call is not asked a second time; a server may well know no GetCACaps (RFC 8894 §3.5.1). */
async function hear(target: ProbeTarget): Promise<Heard> {
  const caps = await target.get('operation=GetCACaps');
  if (caps.kind === 'trouble' && caps.code !== 'http-status') return { caps, certs: caps };
  return { caps, certs: await target.get('operation=GetCACert') };
}

type About = {
  readonly profile: ScepProfile;
  readonly root: Uint8Array | null;
  readonly url: URL;
  readonly now: number;
};

/** Certificates are read in part as they are looked at: an extension may turn out to be malformed only then. */
function judgeSafely(heard: Heard, about: About): Partial<ProbedUrl> {
  try {
    return judge(heard, about);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const detail = `A certificate that the server sent is malformed: ${error.message}`;
    return { outcome: 'no-scep', reachable: true, findings: [finding('no-scep', 'error', detail)] };
  }
}

function judge({ caps, certs }: Heard, about: About): Partial<ProbedUrl> {
  const { settings } = about.profile;
  const answers = [caps, certs].filter((each) => each.kind === 'answer');
  const tls = answers[0]?.tls ?? null;
  const said = caps.kind === 'answer' ? parseCapabilities(fromUtf8(caps.body) ?? '') : null;
  const sent = certs.kind === 'answer' ? readCaCertificates(certs.body) : null;
  const chain = sent === null || about.root === null ? null : chainVerdict(sent, about.root, about.now);
  const host = about.url.hostname.replace(/^\[(.*)\]$/, '$1');
  const findings = [
    ...troubles(caps, certs),
    ...(tls === null ? [] : tlsFindings(tls, { host, platform: settings.platform, now: about.now })),
    ...(said === null ? [] : capabilityFindings(said, settings)),
    ...(certs.kind === 'answer' && sent === null
      ? [finding('no-scep', 'error', 'What came as GetCACert is neither a certificate nor a PKCS#7 with some.')]
      : []),
    ...(sent === null || about.root === null ? [] : windowsFindings(settings, sent, about.root)),
    ...(chain === null || accepted.includes(chain.verdict)
      ? []
      : [finding(`chain-${chain.verdict}`, 'error', chain.detail)]),
  ];
  return {
    outcome: sent !== null ? 'answered' : answers.length > 0 ? 'no-scep' : 'failed',
    reachable: answers.length > 0 || answeredAtAll(caps),
    tls: tlsView(tls),
    capabilities: said === null ? null : [...said],
    certificates: sent?.map(certificateView) ?? null,
    chain,
    findings,
  };
}

/** Windows looks for the root's thumbprint among what GetCACert answers (intune-domain 1.11). */
function windowsFindings(
  { platform }: ScepProfile['settings'],
  sent: readonly Certificate[],
  root: Uint8Array,
): readonly ProbeFinding[] {
  const windows = platform === 'windows10' || platform === 'windows81';
  if (!windows || sent.some(({ der }) => sameBytes(der, root))) return [];
  const detail =
    'Windows looks for the profile’s root among the certificates that the server sends, and it is not there.';
  return [finding('windows-root-not-sent', 'warning', detail)];
}

const accepted: readonly ChainVerdict['verdict'][] = ['leads-to-root', 'root-is-issuer'];

/** A status or a redirection is an answer too, only not the one that was hoped for. */
function answeredAtAll(answer: Heard['caps']): boolean {
  return answer.kind === 'trouble' && ['http-status', 'redirected', 'too-large'].includes(answer.code);
}

/** Without GetCACaps devices assume the least; without GetCACert nothing goes. */
function troubles(caps: Heard['caps'], certs: Heard['certs']): ProbeFinding[] {
  if (certs.kind === 'trouble') return [asFinding(certs)];
  return caps.kind === 'trouble'
    ? [finding('no-capabilities', 'warning', `GetCACaps: ${caps.detail} Devices take the weakest algorithms then.`)]
    : [];
}

/** Null: somebody else's. The path decides which profile a request at our own address is for. */
function ownAddress(origins: readonly string[], url: URL, { slug }: ScepProfile): readonly ProbeFinding[] | null {
  if (!origins.includes(url.origin)) return null;
  const path = /^\/scep\/([^/]+)(?:\/|$)/.exec(url.pathname)?.[1];
  if (path === slug) return [];
  const detail = `This is an address of this server, but requests for this profile are answered at /scep/${slug} alone.`;
  return [finding('other-profile', 'error', detail)];
}

function nothing(url: string): ProbedUrl {
  return {
    url,
    outcome: 'failed',
    reachable: false,
    address: null,
    milliseconds: 0,
    tls: null,
    capabilities: null,
    certificates: null,
    chain: null,
    findings: [],
  };
}

function notProbed(url: string): ProbedUrl {
  const detail = `One probe asks ${mostUrls} addresses at most.`;
  return { ...nothing(url), outcome: 'not-probed', findings: [finding('not-probed', 'information', detail)] };
}

function tlsView(tls: ProbeTls | null): ProbedUrl['tls'] {
  return tls === null ? null : { trusted: tls.trusted, protocol: tls.protocol };
}

function certificateView(certificate: Certificate): ProbedCertificate {
  return {
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    notAfter: certificate.notAfter,
    fingerprint: sha256Hex(certificate.der),
    authority: mayIssue(certificate),
  };
}

function asFinding({ code, detail }: ProbeTrouble): ProbeFinding {
  return finding(code, 'error', detail);
}

function finding(code: string, severity: ProbeFinding['severity'], detail: string): ProbeFinding {
  return { code, severity, detail };
}
