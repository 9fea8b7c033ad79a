/**
 * Sends messages that were made ahead of time, over kept connections, with as little work of its own as can be: plain
 * sockets, requests as bytes. Usage: replay.ts FILE URL CONNECTIONS [scep|ocsp]. Prints one JSON document.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [file = '', url = '', connections = '1', protocol = 'scep'] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
const [target, contentType] =
  protocol === 'ocsp'
    ? [pathname, 'application/ocsp-request']
    : [`${pathname}?operation=PKIOperation`, 'application/x-pki-message'];
const messages = readMessages(file);
const latencies: number[] = [];
let next = 0;
let succeeded = 0;

/**
 * SCEP: pkiStatus SUCCESS in the signed attributes, its OID, then SET { PrintableString "0" }. OCSP: status 0, and then
 * the tag of an answer.
 */
const success = Buffer.from(protocol === 'ocsp' ? '0a0100a0' : '060a6086480186f8450109033103130130', 'hex');

const started = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, send));
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))];
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({ sent: messages.length, succeeded, seconds, cpuMs: (user + system) / 1000, p50: at(0.5), p95: at(0.95), p99: at(0.99) })}\n`,
);

function send(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    let received: Buffer = Buffer.alloc(0);
    let sentAt = 0;
    const turn = () => {
      const message = messages[next++];
      if (message === undefined) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(message);
    };
    socket.once('connect', turn);
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = answerEnd(received);
      if (end < 0) return;
      latencies.push(performance.now() - sentAt);
      if (received.subarray(0, end).includes(success)) succeeded++;
      received = received.subarray(end);
      turn();
    });
  });
}

/** Where the answer at the start of `bytes` ends; -1 while it has not come whole. */
function answerEnd(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return -1;
  const lines = bytes.toString('latin1', 0, head);
  if (/\r\ntransfer-encoding: chunked/i.test(lines)) return chunksEnd(bytes, head + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(lines)?.[1];
  if (length === undefined) throw new Error(`an answer without length: ${lines}`);
  const end = head + 4 + Number(length);
  return bytes.length < end ? -1 : end;
}

/** RFC 9112 §7.1, without trailers: scepserver answers so. */
function chunksEnd(bytes: Buffer, from: number): number {
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return -1;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2 + size + 2;
    if (at > bytes.length) return -1;
    if (size === 0) return at;
  }
}

function readMessages(path: string): readonly Buffer[] {
  const bytes = readFileSync(path);
  const found: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = bytes.readUInt32BE(offset);
    const body = bytes.subarray(offset + 4, offset + 4 + length);
    const head = `POST ${target} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n`;
    found.push(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    offset += 4 + length;
  }
  return found;
}
