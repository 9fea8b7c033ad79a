import { generateKeyPair, type KeyKind, type KeyPair } from '../crypto/key-pair.ts';
import { writePrivateKeyPem } from '../crypto/private-key-file.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { keyPurpose } from '../formats/x509/extended-key-usage.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { parseIp } from '../formats/x509/ip-address.ts';
import { encodeName, nameOf } from '../formats/x509/name.ts';
import { nameText } from '../formats/x509/name-text.ts';
import { toPem } from '../formats/x509/pem.ts';
import { type Clock, day } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';
import { generalName, generalNameText } from './general-name.ts';
import { expectKey } from './has-key.ts';
import type { IssuingContext } from './issuing-context.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { prepare } from './prepare.ts';
import { newStoredKey, openStoredKey } from './stored-key.ts';
import { certificateValidity } from './validity.ts';

export type ServerTlsDeps = {
  readonly transact: Transact;
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly context: IssuingContext;
  /** For tests, which share keys. */
  readonly makeKey?: (kind: KeyKind) => Promise<KeyPair>;
};

export type ServerTlsCertificate = {
  /** The certificate, its issuer, and what is above up to below the root. */
  readonly certificatePem: string;
  /** In memory only. */
  readonly keyPem: string;
  readonly notAfter: number;
};

/** Apple refuses more than 825 days (support article 103769); a year is plenty for what renews itself. */
const template = { maximumValidity: 397, profileMaySetValidity: false };

/** A certificate with less left than this is replaced. */
const renewBefore = 30 * day;

/**
 * A certificate of our own authority for the HTTPS listener: the one that was made before, while it has these names and a
 * month left, otherwise a new one. Within Apple's rules for servers: SHA-2, serverAuth, names in the SAN, at most 825 days.
 */
export async function serverTlsCertificate(
  deps: ServerTlsDeps,
  { hosts, cause }: { readonly hosts: readonly string[]; readonly cause: Cause },
): Promise<ServerTlsCertificate> {
  const names = hosts.map(hostName);
  const kept = await findUsable(deps, names);
  const { key, certificate } = kept ?? (await makeNew(deps, names, cause));
  const { issuer } = deps.context;
  const sent = [certificate.der, issuer.certificate, ...issuer.chain.slice(0, -1)];
  return {
    certificatePem: sent.map((der) => toPem('CERTIFICATE', der)).join(''),
    keyPem: writePrivateKeyPem(openStoredKey(deps.secret, key), null),
    notAfter: certificate.notAfter,
  };
}

type Pair = { readonly key: StoredKey; readonly certificate: Certificate };

/** The certificate's record has the id of its key. */
async function findUsable(deps: ServerTlsDeps, names: readonly GeneralName[]): Promise<Pair | undefined> {
  const wanted = names.map(generalNameText).toSorted().join();
  for (const key of await deps.keys.all()) {
    if (key.purpose !== 'tls' || key.sealed === null) continue;
    const certificate = await deps.certificates.get(certificateIdOf(key));
    if (
      certificate !== null &&
      certificate.revokedAt === null &&
      certificate.issuerId === deps.context.issuer.id &&
      certificate.notAfter - deps.clock.now() > renewBefore &&
      certificate.subjectAlternativeNames.toSorted().join() === wanted
    )
      return { key, certificate };
  }
  return undefined;
}

async function makeNew(deps: ServerTlsDeps, names: readonly GeneralName[], cause: Cause): Promise<Pair> {
  const { clock, context } = deps;
  const pair = await (deps.makeKey ?? generateKeyPair)('rsa-2048');
  const key = newStoredKey(clock, deps.secret, 'tls', pair);
  const subject = nameOf([['2.5.4.3', `${context.authority.slug} HTTPS`]]);
  const { notBefore, notAfter } = certificateValidity({
    period: null,
    template,
    issuer: context.certificate,
    now: clock.now(),
  });
  const certificate = await prepare(
    { context, clock },
    {
      id: certificateIdOf(key),
      fields: {
        subject: encodeName(subject),
        subjectAlternativeNames: names,
        spki: pair.publicKey,
        keyUsage: ['digitalSignature', 'keyEncipherment'],
        extendedKeyUsages: [keyPurpose.serverAuth],
        securityIdentifier: null,
        notBefore,
        notAfter,
      },
      subjectText: nameText(subject),
      purpose: 'tls',
      template: null,
      deploymentId: null,
      generation: null,
      renewsId: null,
    },
  );
  await deps.transact(async () => {
    await deps.keys.insert(key);
    await deps.certificates.insert(certificate);
    await expectKey(deps.keys, context.issuer);
    await deps.events.append([
      {
        type: 'certificate.issued',
        cause,
        subjects: [
          { kind: 'certificate', id: certificate.id },
          { kind: 'issuer', id: certificate.issuerId },
        ],
        data: { purpose: 'tls', names: certificate.subjectAlternativeNames, notAfter },
      },
    ]);
  });
  return { key, certificate };
}

function certificateIdOf(key: StoredKey): CertificateId {
  const id: string = key.id;
  return id as CertificateId;
}

/** `[::1]` and `::1` are both understood. */
function hostName(host: string): GeneralName {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  return generalName({ type: parseIp(plain) === undefined ? 'dns' : 'ip', value: plain });
}
