/** Many certificates are revoked from the list: whom it hits is said first, and a job does it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { launchBrowser, openWindow } from '../../support/browser.ts';
import { deviceCertificates } from '../../support/device-certificates.ts';
import { skipUnless } from '../../support/requires.ts';
import { addDana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld } from '../../support/world.ts';

describe('the list of certificates', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test('revokes those that were chosen, and all that it shows', async () => {
    await using world = await startWorld();
    const { store } = world.server.foundation;
    await addDana(world, await newSetUpCode({ ...store, clock: world.clock }));
    const context = await world.server.authority.issuing.active(null);
    const made = await deviceCertificates(store, context, world.clock, 15);
    const revoked = async () => {
      const now = await Promise.all(made.map(({ id }) => store.certificates.get(id)));
      return now.filter((certificate) => certificate?.revokedAt !== null);
    };
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/certificates?search=device 1');
    const boxes = page.getByRole('checkbox', { name: /device 1/ });
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    await page.getByRole('button', { name: 'Revoke 2 certificates' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('2 certificates').first().waitFor();
    await dialog.getByRole('combobox', { name: 'Reason' }).selectOption({ label: 'Key compromise' });
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('Revoke: 2 certificates (keyCompromise)').first().waitFor();
    await world.server.jobs.runner.settled();
    assert.deepEqual(
      (await revoked()).map((certificate) => certificate?.revocationReason),
      ['keyCompromise', 'keyCompromise'],
    );

    await window.visit('/certificates');
    await page.getByRole('button', { name: 'Revoke all in the list' }).click();
    await dialog.getByText('13 certificates').first().waitFor();
    await window.screenshot('revoke-many');
    assert.deepEqual(await window.axe(), []);
    const go = dialog.getByRole('button', { name: 'Revoke', exact: true });
    assert.ok(await go.isDisabled(), 'more than ten are typed out first');
    await dialog.getByRole('textbox').last().fill('13');
    await go.click();
    await page.getByText('Revoke: 13 certificates (unspecified)').first().waitFor();
    await world.server.jobs.runner.settled();
    assert.equal((await revoked()).length, 15);
    await page.getByText('13 of 13').first().waitFor();
    assert.deepEqual(window.complaints, []);
  });
});
