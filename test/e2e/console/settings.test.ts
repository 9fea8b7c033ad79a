/** Every setting of the server with who says so; those that live in the store are changed, and one sees that they were. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { addDana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld } from '../../support/world.ts';

const hostile = '<script>document.title="taken"</script>';

describe('the settings', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test('show what the environment decides, and change what the store keeps', async () => {
    await using world = await startWorld({
      authority: false,
      cryptoThreads: 0,
      config: { node: hostile },
    });
    const { store } = world.server.foundation;
    await addDana(world, await newSetUpCode({ ...store, clock: world.clock }));
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/administration/settings');
    const environment = page.getByRole('region', { name: 'Set on the machine' });
    await environment.getByText('SCEPWARD_DATA', { exact: true }).waitFor();
    await environment.getByText(world.folder).waitFor();
    await environment.getByText(hostile).waitFor();

    const removals = page.getByRole('region', { name: 'Removals that wait' });
    await removals.getByText('As it comes').waitFor();
    const devices = removals.getByRole('spinbutton', { name: 'Devices that are many', exact: true });
    await devices.fill('0');
    await removals.getByRole('button', { name: 'Save' }).click();
    await removals.getByRole('alert').first().waitFor();
    assert.equal(await devices.inputValue(), '0', 'what was typed stays');
    await devices.fill('42');
    await removals.getByRole('button', { name: 'Save' }).click();
    await removals.getByText('Chosen here').waitFor();
    assert.equal((await store.massRemoval.get()).devices, 42);

    const cadence = page.getByRole('region', { name: 'How often agents check in' });
    await cadence.getByRole('spinbutton').fill('30');
    await cadence.getByRole('button', { name: 'Save' }).click();
    await cadence.getByText('Chosen here').waitFor();
    assert.equal((await store.cadence.get())?.steady, 30 * 60_000);
    assert.doesNotMatch(await page.title(), /taken/);
    assert.deepEqual(await window.axe(), []);
    assert.deepEqual(window.complaints, []);
  });
});
