import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

export type RsaSize = 1024 | 2048 | 3072 | 4096;

export type TestKey = {
  /** PKCS#8 PEM. */
  readonly privateKeyPem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

/** RSA keys take 0.1 to 3 seconds each, so a run makes these once and its test processes share them. */
const poolSizes: Readonly<Record<RsaSize, number>> = { 1024: 24, 2048: 24, 3072: 4, 4096: 2 };

type Pool = Record<RsaSize, string[]>;

let pool: Pool | undefined;
const taken: Record<RsaSize, number> = { 1024: 0, 2048: 0, 3072: 0, 4096: 0 };

/**
 * An RSA key that this process has not been given before: from the run's pool (`SCEPWARD_TEST_KEYS`) while it lasts,
 * then freshly made. Other processes of the run may use the same key at the same time.
 */
export async function takeRsaKey(size: RsaSize = 2048): Promise<TestKey> {
  pool ??= readPool();
  const next = pool[size][taken[size]];
  taken[size] += 1;
  return toTestKey(next ?? (await makeRsaKey(size)));
}

/** `count` different keys. */
export function takeRsaKeys(count: number, size: RsaSize = 2048): Promise<TestKey[]> {
  return Promise.all(Array.from({ length: count }, () => takeRsaKey(size)));
}

/** Makes the run's pool, as many at a time as Node's thread pool takes, and writes it to `file`. */
export async function writeKeyPool(file: string): Promise<void> {
  const made: Pool = { 1024: [], 2048: [], 3072: [], 4096: [] };
  const sizes = [4096, 3072, 2048, 1024] as const;
  await Promise.all(
    sizes.flatMap((size) =>
      Array.from({ length: poolSizes[size] }, async () => {
        made[size].push(await makeRsaKey(size));
      }),
    ),
  );
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
}

function readPool(): Pool {
  const file = process.env.SCEPWARD_TEST_KEYS;
  return file === undefined
    ? { 1024: [], 2048: [], 3072: [], 4096: [] }
    : (JSON.parse(readFileSync(file, 'utf8')) as Pool);
}

function makeRsaKey(size: RsaSize): Promise<string> {
  return new Promise((resolve, reject) => {
    generateKeyPair(
      'rsa',
      {
        modulusLength: size,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      },
      (error, _publicKey, privateKey) => (error === null ? resolve(privateKey) : reject(error)),
    );
  });
}

function toTestKey(privateKeyPem: string): TestKey {
  const privateKey = createPrivateKey(privateKeyPem);
  return { privateKeyPem, privateKey, publicKey: createPublicKey(privateKey) };
}
