import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, passwordCost, verifyPassword } from './password-hash.ts';

const cheap = { memory: 64, passes: 1, parallelism: 1 };

test('a password fits its own hash and no other, whatever characters it has', async () => {
  for (const password of ['correct horse battery', 'pässwörd 💥 \u0000 x', 'x'.repeat(256)]) {
    const stored = await hashPassword(password, cheap);
    assert.equal(await verifyPassword(password, stored), 'outdated');
    assert.equal(await verifyPassword(`${password} `, stored), 'differs');
    assert.notEqual(await hashPassword(password, cheap), stored, 'the salt is another one each time');
  }
});

test('the parameters stand beside the hash, and are those that OWASP names first', async () => {
  const stored = await hashPassword('a password like any other');
  assert.match(stored, /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.equal(await verifyPassword('a password like any other', stored), 'fits');
  assert.deepEqual(passwordCost, { memory: 47104, passes: 1, parallelism: 1 });
});

test('reads what another implementation made (argon2-cffi, from its documentation)', async () => {
  const stored = '$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg';
  assert.equal(await verifyPassword('correct horse battery staple', stored), 'outdated');
  assert.equal(await verifyPassword('correct horse battery stable', stored), 'differs');
});

test('whoever comes when too many wait is sent away', async () => {
  const all = await Promise.allSettled(Array.from({ length: 30 }, () => hashPassword('x', cheap)));
  const refused = all.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 10);
  for (const { reason } of refused) assert.equal(reason.code, 'sign-in-busy');
  assert.match(await hashPassword('x', cheap), /^\$argon2id/);
});

test('what is no hash of ours is a fault, not a refusal', async () => {
  for (const stored of ['', 'plain', '$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA', '$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA'])
    await assert.rejects(verifyPassword('x', stored), /stored password hash/);
});
