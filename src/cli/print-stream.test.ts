import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { concatBytes, utf8 } from '../lib/bytes.ts';
import { printStream } from './print-stream.ts';

const hostile = 'name,end\r\n"x\u001b]0;title\u0007Ångström\u009b31m\r",1\r\n';

/** What a terminal, or a pipe, gets of it when it comes in parts of this size. */
async function printed(isTTY: boolean, size: number): Promise<Uint8Array> {
  const got: Uint8Array[] = [];
  // It takes little at a time: whoever writes has to wait.
  const output = new Writable({
    highWaterMark: 4,
    write(part: Buffer, _encoding, done) {
      got.push(part);
      setImmediate(done);
    },
  });
  const bytes = utf8(hostile);
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  await printStream(parts, Object.assign(output, { isTTY }));
  await new Promise<void>((resolve) => output.end(resolve));
  return concatBytes(got);
}

for (const size of [1, 2, 7, 1000]) {
  test(`an export in parts of ${size} does not steer a terminal`, async () => {
    assert.equal(
      new TextDecoder().decode(await printed(true, size)),
      'name,end\n"x\ufffd]0;title\ufffdÅngström\ufffd31m\ufffd",1\n',
    );
  });

  test(`an export in parts of ${size} goes to a file or pipe as it is`, async () => {
    assert.deepEqual(Buffer.from(await printed(false, size)), Buffer.from(utf8(hostile)));
  });
}
