/**
 * Jobs and their outcomes on the way between threads: plain values in one array and all bytes in one buffer that is
 * transferred. As objects an enrolment took 13 µs to get across and back, so 5 (measured 2026-11-30).
 */
import type {
  CertificateReply,
  Certified,
  CryptoJob,
  CryptoResult,
  FromWorker,
  JobFailure,
  Jobs,
  OpenTimings,
  Packed,
  Reply,
  ReplyEnvelope,
} from './crypto-job.ts';

export function packJobs(jobs: Jobs): Packed {
  const out = writer();
  for (const { id, job } of jobs) {
    out.put(id);
    putJob(out, job);
  }
  return out.packed();
}

export function unpackJobs(packed: Packed): Jobs {
  const from = reader(packed);
  const jobs: { id: number; job: CryptoJob }[] = [];
  while (!from.atEnd()) jobs.push({ id: from.take<number>(), job: takeJob(from) });
  return jobs;
}

export function packOutcomes(outcomes: FromWorker): Packed {
  const out = writer();
  for (const { id, outcome } of outcomes) {
    out.put(id);
    out.put(outcome.ok);
    if (outcome.ok) putResult(out, outcome.result);
    else out.put(outcome.error);
  }
  return out.packed();
}

export function unpackOutcomes(packed: Packed): FromWorker {
  const from = reader(packed);
  const outcomes: FromWorker[number][] = [];
  while (!from.atEnd()) {
    const id = from.take<number>();
    const outcome = from.take<boolean>()
      ? ({ ok: true, result: takeResult(from) } as const)
      : ({ ok: false, error: from.take<JobFailure>() } as const);
    outcomes.push({ id, outcome });
  }
  return outcomes;
}

function putJob(out: Writer, job: CryptoJob): void {
  out.put(job.kind);
  switch (job.kind) {
    case 'sign':
      out.put(job.keyId);
      out.put(job.digest);
      out.bytes(job.data);
      return;
    case 'open':
      out.put(job.transport);
      out.bytes(job.encryptedKey);
      out.put(job.cipher);
      out.bytes(job.iv);
      out.bytes(job.encryptedContent);
      out.bytes(job.signerKey);
      out.put(job.digest);
      out.bytes(job.signedAttributes);
      out.bytes(job.signature);
      out.put(job.recipientKeyId);
      out.put(job.verifyContentAsCsr);
      return;
    case 'reply':
      putFrame(out, job);
      out.put(job.envelope !== null);
      if (job.envelope === null) return;
      putEnvelope(out, job.envelope);
      out.bytes(job.envelope.content);
      return;
    case 'certify':
      out.put(job.keyId);
      out.put(job.digest);
      out.bytes(job.tbs);
      out.bytes(job.signatureAlgorithm);
      putFrame(out, job.reply);
      putEnvelope(out, job.reply.envelope);
      putList(out, job.reply.beside);
      return;
  }
}

function takeJob(from: Reader): CryptoJob {
  const kind = from.take<CryptoJob['kind']>();
  switch (kind) {
    case 'sign':
      return { kind, keyId: from.take(), digest: from.take(), data: from.bytes() };
    case 'open':
      return {
        kind,
        transport: from.take(),
        encryptedKey: from.bytes(),
        cipher: from.take(),
        iv: from.bytes(),
        encryptedContent: from.bytes(),
        signerKey: from.bytes(),
        digest: from.take(),
        signedAttributes: from.bytes(),
        signature: from.bytes(),
        recipientKeyId: from.take(),
        verifyContentAsCsr: from.take(),
      };
    case 'reply': {
      const frame = takeFrame(from);
      const envelope = from.take<boolean>() ? { ...takeEnvelope(from), content: from.bytes() } : null;
      return { kind, ...frame, envelope };
    }
    case 'certify': {
      const own = { keyId: from.take<string>(), digest: from.take<Reply['digest']>() };
      const certificate = { tbs: from.bytes(), signatureAlgorithm: from.bytes() };
      const reply: CertificateReply = { ...takeFrame(from), envelope: takeEnvelope(from), beside: takeList(from) };
      return { kind, ...own, ...certificate, reply };
    }
  }
}

/** Without `lane`: the job is there already. */
type Frame = Omit<Reply, 'envelope' | 'lane'>;

function putFrame(out: Writer, reply: Frame): void {
  out.put(reply.keyId);
  out.bytes(reply.signerIssuer);
  out.bytes(reply.signerSerial);
  putList(out, reply.certificates);
  out.put(reply.digest);
  out.put(reply.transactionId);
  out.bytes(reply.recipientNonce);
  out.put(reply.signingTime);
  out.put(reply.status);
  out.put(reply.failInfo);
  out.put(reply.failInfoText);
}

function takeFrame(from: Reader): Frame {
  return {
    keyId: from.take(),
    signerIssuer: from.bytes(),
    signerSerial: from.bytes(),
    certificates: takeList(from),
    digest: from.take(),
    transactionId: from.take(),
    recipientNonce: from.bytes(),
    signingTime: from.take(),
    status: from.take(),
    failInfo: from.take(),
    failInfoText: from.take(),
  };
}

type Envelope = Omit<ReplyEnvelope, 'content'>;

function putEnvelope(out: Writer, envelope: Envelope): void {
  out.bytes(envelope.recipientKey);
  out.bytes(envelope.recipientIssuer);
  out.bytes(envelope.recipientSerial);
  out.put(envelope.cipher);
  out.put(envelope.transport);
}

function takeEnvelope(from: Reader): Envelope {
  return {
    recipientKey: from.bytes(),
    recipientIssuer: from.bytes(),
    recipientSerial: from.bytes(),
    cipher: from.take(),
    transport: from.take(),
  };
}

type Opened = Extract<CryptoResult, { kind: 'opened' }>;
type Refused = Extract<CryptoResult, { kind: 'refused' }>;

function putResult(out: Writer, result: CryptoResult): void {
  if (result instanceof Uint8Array) {
    out.put('bytes');
    out.bytes(result);
    return;
  }
  out.put(result.kind);
  switch (result.kind) {
    case 'certified':
      out.bytes(result.certificate);
      out.bytes(result.message);
      return;
    case 'opened':
      out.bytes(result.content);
      out.put(result.csrProof);
      out.put(result.csrProblem);
      putTimings(out, result.timings);
      return;
    case 'refused':
      out.put(result.reason);
      putTimings(out, result.timings);
      return;
  }
}

function takeResult(from: Reader): CryptoResult {
  const kind = from.take<'bytes' | Certified['kind'] | Opened['kind'] | Refused['kind']>();
  switch (kind) {
    case 'bytes':
      return from.bytes();
    case 'certified':
      return { kind, certificate: from.bytes(), message: from.bytes() };
    case 'opened':
      return {
        kind,
        content: from.bytes(),
        csrProof: from.take(),
        csrProblem: from.take(),
        timings: takeTimings(from),
      };
    case 'refused':
      return { kind, reason: from.take(), timings: takeTimings(from) };
  }
}

function putTimings(out: Writer, { verify, decrypt, proof }: OpenTimings): void {
  out.put(verify);
  out.put(decrypt);
  out.put(proof);
}

function takeTimings(from: Reader): OpenTimings {
  return { verify: from.take(), decrypt: from.take(), proof: from.take() };
}

function putList(out: Writer, list: readonly Uint8Array[]): void {
  out.put(list.length);
  for (const bytes of list) out.bytes(bytes);
}

function takeList(from: Reader): readonly Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let left = from.take<number>(); left > 0; left--) list.push(from.bytes());
  return list;
}

type Writer = {
  put(value: unknown): void;
  /** The length goes among the values. */
  bytes(bytes: Uint8Array): void;
  packed(): Packed;
};

function writer(): Writer {
  const values: unknown[] = [];
  const parts: Uint8Array[] = [];
  let length = 0;
  return {
    put: (value) => void values.push(value),
    bytes: (bytes) => {
      values.push(bytes.length);
      parts.push(bytes);
      length += bytes.length;
    },
    packed: () => {
      const bytes = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      return { values, bytes };
    },
  };
}

type Reader = {
  atEnd(): boolean;
  /** Whoever reads knows what was written here. */
  take<T>(): T;
  bytes(): Uint8Array;
};

function reader({ values, bytes }: Packed): Reader {
  let next = 0;
  let at = 0;
  return {
    atEnd: () => next >= values.length,
    take: <T>() => values[next++] as T,
    bytes: () => {
      const from = at;
      at += values[next++] as number;
      return bytes.subarray(from, at);
    },
  };
}
