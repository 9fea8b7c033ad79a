import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { isFailure } from '../lib/failure.ts';
import { signMessage } from './sign-message.ts';
import { parseEventTypes, parseWebhookUrl, wantsEvent } from './webhook.ts';
import { newWebhookSecret, openWebhookSecrets, parseWebhookSecret, sealWebhookSecret } from './webhook-secret.ts';

suite('a webhook', () => {
  test('wants what its event types say', () => {
    const wants = (...eventTypes: string[]) => wantsEvent({ eventTypes }, 'certificate.issued');
    assert.ok(wants('*') && wants('certificate.*') && wants('device.joined', 'certificate.issued'));
    assert.ok(!wants('certificate.revoked', 'device.*') && !wants());
  });

  test('is told which event types there are not', () => {
    assert.deepEqual(parseEventTypes(['device.*', 'certificate.issued', 'device.*']), [
      'certificate.issued',
      'device.*',
    ]);
    const refused = (code: string, ...types: string[]) =>
      assert.throws(
        () => parseEventTypes(types),
        (error) => isFailure(error, code),
      );
    refused('webhook-events-missing');
    refused('webhook-event-unknown', 'certificate.isued');
    assert.throws(() => parseEventTypes(['certificate.isued']), /Did you mean "certificate\.issued"\?/);
  });

  for (const url of [
    'no url',
    'ftp://example.org/',
    'https://user:secret@example.org/',
    'https://example.org/#part',
    `https://example.org/${'a'.repeat(2000)}`,
    'javascript:alert(1)',
  ])
    test(`does not go to ${url.slice(0, 40)}`, () => {
      assert.throws(
        () => parseWebhookUrl(url),
        (error) => isFailure(error, 'webhook-url') && !error.message.includes('secret'),
      );
    });
});

suite('a secret', () => {
  test('has 256 bits and comes back from its seal until its end', () => {
    const installation = new Uint8Array(32).fill(3);
    const clock = fakeClock(1000);
    const text = newWebhookSecret();
    assert.equal(parseWebhookSecret(text).length, 32);
    const sealed = sealWebhookSecret(installation, clock, text);
    assert.ok(!JSON.stringify(sealed).includes(text.slice(6)));
    const old = { ...sealWebhookSecret(installation, clock, newWebhookSecret()), until: 2000 };
    assert.deepEqual(openWebhookSecrets(installation, [sealed, old], 1999)[0], parseWebhookSecret(text));
    assert.equal(openWebhookSecrets(installation, [sealed, old], 1999).length, 2);
    assert.equal(openWebhookSecrets(installation, [sealed, old], 2000).length, 1);
    assert.throws(() => openWebhookSecrets(new Uint8Array(32), [sealed], 0), /does not open/);
  });

  for (const text of ['', 'secret', 'whsec_short', `whsec_${'A'.repeat(200)}`, 'whsec_ä'])
    test(`is not ${text.slice(0, 20) || 'nothing'}`, () =>
      assert.throws(
        () => parseWebhookSecret(text),
        (error) => isFailure(error, 'webhook-secret') && (text.length < 12 || !error.message.includes(text)),
      ));
});

test('a message is signed as Standard Webhooks 1.0 says', () => {
  // Of its specification's own test: github.com/standard-webhooks/standard-webhooks.
  const key = parseWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const headers = signMessage(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' },
    [key],
    1614265330_000,
  );
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
