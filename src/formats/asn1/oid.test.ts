import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../lib/failure.ts';
import { isOid, oidBytes, oidText } from './oid.ts';

test('whatever content reads as an identifier is written back', () => {
  const arc = fc
    .array(fc.integer({ min: 0x81, max: 0xff }), { maxLength: 9 })
    .chain((high) => fc.nat(0x7f).map((low) => [...high, low]));
  const content = fc.array(arc, { minLength: 2, maxLength: 64 }).map((arcs) => arcs.flat().slice(0, 64));
  fc.assert(
    fc.property(content, (octets) => {
      const bytes = Uint8Array.from(octets);
      if (((octets.at(-1) ?? 0) & 0x80) !== 0) bytes[bytes.length - 1] = 1;
      assert.deepEqual(oidBytes(oidText(bytes)).subarray(2), bytes);
    }),
  );
});

test('an identifier of one octet is one too', () => {
  assert.deepEqual(oidBytes(oidText(Uint8Array.of(0x2a))), Uint8Array.of(6, 1, 0x2a));
});

test('what was read stays what it was when the memory it came from is used again', () => {
  const shared = new Uint8Array([0x2a, 0x83, 0x45, 0x67]);
  const before = oidText(shared);
  shared.set([0x2a, 0x83, 0x45, 0x66]);
  assert.notEqual(oidText(shared), before);
  assert.equal(oidText(Uint8Array.of(0x2a, 0x83, 0x45, 0x67)), before);
});

test('an identifier beyond 64 octets is refused', () => {
  assert.throws(
    () => oidText(new Uint8Array(65).fill(1)),
    (error) => isFailure(error, 'asn1-oid'),
  );
  assert.equal(isOid(`1.2${'.1'.repeat(64)}`), false);
  assert.equal(isOid(`1.2${'.1'.repeat(63)}`), true);
});

test('text that is no identifier is told apart', () => {
  for (const text of ['', '1', '1.', '.1', '1.40.1', '3.1.1', '1.2.03', '1.2.x', 'CN', '1.2.-1', '1..2'])
    assert.equal(isOid(text), false, text);
  for (const text of ['1.2', '1.2.3', '2.999.1', '0.9.2342.19200300.100.1.25', '2.5.4.3'])
    assert.equal(isOid(text), true, text);
});
