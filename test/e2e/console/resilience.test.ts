/** What goes wrong while somebody works: nothing breaks, nothing is lost, nothing is executed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { adminClient } from '../../support/admin-client.ts';
import { launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { addDana, dana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld, type World } from '../../support/world.ts';

async function worldWithDana(): Promise<World> {
  const world = await startWorld({ authority: false, cryptoThreads: 0 });
  await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
  return world;
}

const hostile = '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>';

describe('the console', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test('turns live: what another does is on the page without a reload', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/administration/scope-tags');
    await page.getByText('Default').first().waitFor();
    const response = await fetch(`${world.url}/api/v1/scope-tags`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Hamburg' }),
    });
    assert.equal(response.status, 201);
    await page.getByText('Hamburg').waitFor({ timeout: 10_000 });
    assert.deepEqual(window.complaints, []);
  });

  test('shows hostile names as the text they are', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    const response = await fetch(`${world.url}/api/v1/scope-tags`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'hostile', description: hostile }),
    });
    assert.equal(response.status, 201);
    await window.visit('/administration/scope-tags');
    await page.getByText('<img src=x').first().waitFor();
    for (const path of [
      `/audit?actor=${encodeURIComponent(hostile)}`,
      `/certificates?search=${encodeURIComponent(hostile)}`,
    ])
      await window.visit(path);
    assert.doesNotMatch(await page.title(), /taken/);
    assert.deepEqual(window.complaints, []);
  });

  test('asks to sign in again when the session has ended, and keeps what was typed', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/administration/scope-tags');
    await page.getByRole('button', { name: 'Add scope tag' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Half typed');

    const { store } = world.server.foundation;
    const [administrator] = await store.administrators.all();
    assert.ok(administrator);
    const sessions = await store.sessions.of(administrator.id);
    await store.transact(() => store.sessions.remove(sessions.map(({ id }) => id)));
    await page.getByRole('button', { name: 'Save' }).click();

    await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await page.getByRole('textbox', { name: 'Sign-in name' }).fill(dana.signInName);
    await page.locator('input[type=password]').fill(dana.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'Half typed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Half typed').first().waitFor();
    assert.equal((await store.scopeTags.all()).filter(({ name }) => name === 'Half typed').length, 1);
    assert.deepEqual(window.complaints, []);
  });

  test('puts what the server refuses at its field, and keeps what was typed', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/administration/administrators');
    await page.getByRole('button', { name: 'Add administrator' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Erin Finch');
    await page.getByRole('textbox', { name: 'Sign-in name' }).fill('not one word');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('A sign-in name has 1 to 200 characters').first().waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'Erin Finch');
    await page.getByRole('textbox', { name: 'Sign-in name' }).fill('erin');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('One-time sign-in code').first().waitFor();
    assert.deepEqual(window.complaints, []);
  });

  test('shows what somebody else saved meanwhile, and overwrites nothing unseen', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    const api = adminClient(world);
    const { body: tag } = await api('POST', '/scope-tags', { body: { name: 'Hamburg', description: 'as it was' } });
    await window.visit('/administration/scope-tags');
    await page.getByText('Hamburg').first().click();
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Mine');
    const { status } = await api('PUT', `/scope-tags/${tag.id}`, {
      body: { name: 'Theirs', description: 'of somebody else' },
      headers: { 'if-match': `"${tag.version}"` },
    });
    assert.equal(status, 200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else saved this meanwhile').waitFor();
    await window.screenshot('conflict');
    assert.deepEqual(await window.axe(), []);
    assert.equal(await name.inputValue(), 'Mine');
    await page.getByRole('button', { name: 'Keep mine, then save again' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Mine').first().waitFor();
    assert.equal((await api('GET', `/scope-tags/${tag.id}`)).body.name, 'Mine');
    assert.deepEqual(window.complaints, []);
  });

  test('says that the server is away, and goes on when it is back', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page, context } = window;
    await signIn(window, world);
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByText('The server does not answer.').first().waitFor();
    await window.screenshot('offline');
    await context.setOffline(false);
    await page.getByText('The server does not answer.').first().waitFor({ state: 'detached', timeout: 20_000 });
  });

  test('is worked by keyboard: palette, pages, search', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('audit');
    await window.screenshot('palette');
    assert.deepEqual(await window.axe(), []);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.deepEqual(window.complaints, []);
  });

  test('speaks German to who asks for it', async () => {
    await using world = await worldWithDana();
    await using window = await openWindow(browser, { url: world.url, language: 'de-DE' });
    await window.page.goto(world.url);
    await window.page.getByRole('button', { name: 'Anmelden', exact: true }).waitFor();
    await window.screenshot('sign-in-german');
    assert.equal(await window.page.locator('html').getAttribute('lang'), 'de');
    assert.deepEqual(await window.axe(), []);
  });
});
