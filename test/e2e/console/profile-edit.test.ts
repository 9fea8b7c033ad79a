/** Editing what is there: assignments and profiles, with others who edit the same, servers that go away and sessions that end. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { type AdminFixture, startAdminFixture } from '../../support/admin-fixture.ts';
import { type ConsoleWindow, launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { underCi } from '../../support/rounds.ts';
import { addDana, dana, signIn } from '../../support/sign-in-to-console.ts';
import { until } from '../../support/until.ts';

/** Under CI alone: what it does is tried in part by others. */
const longTest: (name: string, body: () => Promise<void>) => void = underCi ? test : () => {};
const hostile = '<img src=x onerror="document.title=\'taken\'">';
const rightToLeft = '\u0645\u062c\u0645\u0648\u0639\u0629 (phones)';

describe('a profile in the console', { skip: skipUnless('chromium') }, () => {
  let fixture: AdminFixture;
  let browser: Browser;
  before(async () => {
    [fixture, browser] = await Promise.all([startAdminFixture(), launchBrowser()]);
    await addDana(
      fixture.world,
      await newSetUpCode({ ...fixture.world.server.foundation.store, clock: fixture.world.clock }),
    );
  });
  after(async () => {
    await browser?.close();
    await fixture?.[Symbol.asyncDispose]();
  });

  async function signedIn(): Promise<ConsoleWindow> {
    const window = await openWindow(browser, { url: fixture.world.url });
    await signIn(window, fixture.world);
    return window;
  }

  /** A group of this many Linux devices. */
  async function groupOf(count: number, name: string) {
    const { api, world, addDevice } = fixture;
    const group = (await api('POST', '/groups', { body: { name, kind: 'device' } })).body;
    const members = [];
    for (let n = 0; n < count; n++) {
      const device = await addDevice({ registeredAt: world.clock.now(), serialNumber: fixture.unique('S') });
      members.push({ kind: 'device', member: device.id });
    }
    await api('POST', `/groups/${group.id}/members`, { body: { add: members } });
    return group;
  }

  const linesOf = async (profile: { slug: string }) =>
    (await fixture.api('GET', `/profiles/${profile.slug}/assignments`)).body.items as readonly {
      mode: string;
      target: { kind: string; groupId?: string };
    }[];

  test('is assigned: searched as one types, counted, told what it does, saved', async () => {
    const { api, addScepProfile, unique, world } = fixture;
    const wide = await groupOf(3, `${hostile} ${unique('x')} ${'long '.repeat(30)}`);
    const apart = await groupOf(1, `${rightToLeft} ${unique('y')}`);
    const user = `${unique('ada')}@example.org`;
    await api('POST', '/users', { body: { userPrincipalName: user } });
    const profile = await addScepProfile({ assignments: [{ include: { group: apart.id } }] });
    await world.server.reconciling.settled();
    await using window = await signedIn();
    const { page } = window;
    await window.visit(`/profiles/${profile.slug}`);
    await page.getByRole('link', { name: 'Edit Assignments' }).first().click();
    const include = page.getByRole('combobox', { name: 'Include' });
    await page.getByText(rightToLeft).first().waitFor();
    await include.fill('onerror');
    await page.getByRole('option', { name: /onerror/ }).click();
    const included = page.getByRole('list', { name: 'Included' });
    await included.getByText('3 devices').waitFor();
    // Whom it names already is not offered twice.
    await include.fill('onerror');
    await page.getByRole('option', { name: 'Nothing matches' }).waitFor();
    await page.keyboard.press('Escape');
    await include.fill('');
    const exclude = page.getByRole('combobox', { name: 'Exclude' });
    await exclude.fill(user);
    await page.getByRole('option', { name: user }).click();
    await page
      .getByRole('list', { name: 'Excluded' })
      .getByText(/Intune does not support it/)
      .waitFor();
    await page.getByRole('button', { name: /^Take .*phones/ }).click();
    await window.screenshot('assignments-editor');
    assert.deepEqual(await window.axe(), []);
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByText('3 devices get it').waitFor();
    await page.getByText('1 device loses it').waitFor();
    await window.screenshot('assignments-review');
    assert.deepEqual(await window.axe(), []);
    assert.equal((await linesOf(profile)).length, 1);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('tab', { name: 'Properties', selected: true }).waitFor();
    const [first, second] = await linesOf(profile);
    assert.deepEqual([first?.mode, first?.target.groupId, second?.mode], ['include', wide.id, 'exclude']);
    assert.doesNotMatch(await page.title(), /taken/);
    assert.deepEqual(window.complaints, []);
  });

  test('that eleven devices lose is saved by typing its name', async () => {
    const { addTrustedProfile, api, unique, world } = fixture;
    const many = await groupOf(11, unique('Many'));
    const profile = await addTrustedProfile();
    const items = [{ mode: 'include', target: { kind: 'group', groupId: many.id } }];
    await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items } });
    await world.server.reconciling.settled();
    await using window = await signedIn();
    const { page } = window;
    await window.visit(`/profiles/${profile.slug}/edit?part=assignments`);
    await page.getByRole('button', { name: /^Take Many/ }).click();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByText('11 devices lose it').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('alertdialog');
    assert.equal(await dialog.getByRole('button', { name: 'Save' }).isEnabled(), false);
    await dialog.getByRole('textbox').fill(profile.name);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('tab', { name: 'Properties', selected: true }).waitFor();
    assert.deepEqual(await linesOf(profile), []);
    assert.deepEqual(window.complaints, []);
  });

  longTest('that somebody else assigns meanwhile shows both, and keeps both', async () => {
    const { addTrustedProfile, api, unique } = fixture;
    const [mine, theirs] = [await groupOf(1, unique('Mine')), await groupOf(1, unique('Theirs'))];
    const profile = await addTrustedProfile();
    await using window = await signedIn();
    const { page } = window;
    await window.visit(`/profiles/${profile.slug}/edit?part=assignments`);
    await page.getByRole('combobox', { name: 'Include' }).fill(mine.name);
    await page.getByRole('option', { name: mine.name }).click();
    await page.getByRole('list', { name: 'Included' }).getByText('1 device').waitFor();
    const items = [{ mode: 'include', target: { kind: 'group', groupId: theirs.id } }];
    await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items } });
    // Nobody has to press anything: the news comes by itself.
    await page.getByText('Somebody else saved this meanwhile').waitFor({ timeout: 10_000 });
    await window.screenshot('assignments-conflict');
    assert.deepEqual(await window.axe(), []);
    assert.equal(await page.getByRole('button', { name: 'Review' }).isEnabled(), false);
    await page.getByRole('button', { name: 'Merge both' }).click();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('tab', { name: 'Properties', selected: true }).waitFor();
    const ids = (await linesOf(profile)).map(({ target }) => target.groupId);
    assert.deepEqual(ids.sort(), [mine.id, theirs.id].sort());
    assert.deepEqual(window.complaints, []);
  });

  test('keeps what was chosen over a reload, a server that is away, and a session that has ended', async () => {
    const { addTrustedProfile, unique, world } = fixture;
    const group = await groupOf(1, unique('Kept'));
    const profile = await addTrustedProfile();
    await using window = await signedIn();
    const { page, context } = window;
    page.on('dialog', (dialog) => void dialog.accept());
    await window.visit(`/profiles/${profile.slug}/edit?part=assignments`);
    await page.getByRole('combobox', { name: 'Include' }).fill(group.name);
    await page.getByRole('option', { name: group.name }).click();
    const included = page.getByRole('list', { name: 'Included' });
    await included.getByText('1 device').waitFor();
    await page.reload();
    await included.getByText(group.name).waitFor();

    await context.setOffline(true);
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByText('The server does not answer.').first().waitFor({ timeout: 15_000 });
    await context.setOffline(false);
    await page.getByText('1 device gets it').waitFor({ timeout: 20_000 });

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
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('tab', { name: 'Properties', selected: true }).waitFor();
    assert.equal((await linesOf(profile)).length, 1);
    assert.deepEqual(window.complaints, []);
  });

  test('that somebody else edits meanwhile shows both edits, and keeps both', async () => {
    const { addTrustedProfile, api } = fixture;
    const profile = await addTrustedProfile();
    await using window = await signedIn();
    const { page } = window;
    await window.visit(`/profiles/${profile.slug}?part=properties`);
    await page.getByRole('link', { name: 'Edit Basics' }).click();
    const description = page.getByRole('textbox', { name: 'Description' });
    await description.fill(`${hostile} mine`);
    const { body: document, headers } = await api('GET', `/profiles/${profile.slug}/document`);
    const put = await api('PUT', `/profiles/${profile.slug}`, {
      body: { ...document, name: 'Theirs', description: 'theirs' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    await page.getByText('Somebody else saved this meanwhile').waitFor({ timeout: 10_000 });
    assert.equal(await description.inputValue(), `${hostile} mine`);
    await page
      .getByRole('radiogroup', { name: /description/ })
      .getByText('Yours')
      .click();
    await window.screenshot('profile-conflict');
    assert.deepEqual(await window.axe(), []);
    await page.getByRole('button', { name: 'Merge both' }).click();
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await until('the merge', async () => ((await name.inputValue()) === 'Theirs' ? true : undefined));
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByText('It changes nothing on any device.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('tab', { name: 'Properties', selected: true }).waitFor();
    const saved = (await api('GET', `/profiles/${profile.slug}`)).body;
    assert.deepEqual([saved.name, saved.description], ['Theirs', `${hostile} mine`]);
    assert.doesNotMatch(await page.title(), /taken/);
    assert.deepEqual(window.complaints, []);
  });

  longTest('that is deleted meanwhile says so, and becomes a new one of what was typed', async () => {
    const { addTrustedProfile, api, unique } = fixture;
    const profile = await addTrustedProfile();
    await using window = await signedIn();
    const { page } = window;
    await window.visit(`/profiles/${profile.slug}/edit`);
    const name = unique('Risen');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    assert.equal((await api('DELETE', `/profiles/${profile.slug}`)).status, 204);
    await page.getByText('This profile was deleted meanwhile.').waitFor({ timeout: 10_000 });
    assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), name);
    await page.getByRole('button', { name: 'Make a new profile of it' }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.getByRole('tab', { name: 'Properties', selected: true }).waitFor();
    assert.deepEqual(window.complaints, []);
  });

  test('for a certificate: what is none is refused with what it is; the own root is a click; rules for Windows', async () => {
    const { api, unique } = fixture;
    await using window = await signedIn();
    const { page } = window;
    const name = unique('Root');
    await window.visit('/profiles/_create?platform=windows10&type=trustedCertificate');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await page.getByRole('button', { name: 'Next' }).click();
    const file = page.locator('input[type=file]');
    const give = (fileName: string, content: Buffer) =>
      file.setInputFiles({ name: fileName, mimeType: 'application/octet-stream', buffer: content });
    await give('huge.cer', Buffer.alloc(20_000_000, 0x30));
    await page.getByText('huge.cer has 20 MB').waitFor();
    await give('key.pem', Buffer.from('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'));
    await page.getByText('key.pem: This holds a private key.').waitFor();
    await give('page.cer', Buffer.from('<!doctype html><p>Sign in'));
    await page.getByText('page.cer: This is a web page or XML').waitFor();
    await page.getByRole('button', { name: /^Use the root of/ }).click();
    await page.getByText('alderfinch-root.cer').waitFor();
    await window.screenshot('trusted-settings');
    assert.deepEqual(await window.axe(), []);
    await page.getByRole('button', { name: 'Applicability rules' }).click();
    await page.getByRole('combobox', { name: 'OS version' }).selectOption({ label: 'Assign profile if' });
    await page.getByRole('textbox', { name: 'Minimum version' }).fill('10.0.22000.0');
    await page.getByRole('textbox', { name: 'Maximum version' }).fill('10.0.19045.0');
    await page.getByText(/is above the greatest/).waitFor();
    await page.getByRole('textbox', { name: 'Maximum version' }).fill('10.0.26100.0');
    await page.getByText(/is above the greatest/).waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'OS edition' }).selectOption({ label: 'Don’t assign profile if' });
    await page.getByRole('checkbox', { name: 'Home', exact: true }).check();
    await window.screenshot('applicability-rules');
    assert.deepEqual(await window.axe(), []);
    await page.getByRole('button', { name: 'Review + create' }).click();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name }).waitFor();
    const { items } = (await api('GET', `/profiles?search=${name}`)).body;
    const { document } = (await api('GET', `/profiles/${items[0].slug}`)).body;
    assert.deepEqual(document.settings.applicabilityRules, {
      osEdition: { rule: 'dontAssignIf', editions: ['windows10Home'] },
      osVersion: { rule: 'assignIf', minimum: '10.0.22000.0', maximum: '10.0.26100.0' },
    });
    assert.equal(document.settings.destinationStore, 'computerRoot');

    // Another store, and what devices have to do with it.
    await window.visit(`/profiles/${items[0].slug}/edit?part=settings`);
    await page.getByRole('combobox', { name: 'Destination store' }).selectOption({ index: 1 });
    await page.getByText('Windows does not trust a root in an intermediate store.').waitFor();
    await page.getByRole('combobox', { name: 'Destination store' }).selectOption({ index: 0 });
    assert.equal(await page.getByRole('button', { name: 'Review' }).isEnabled(), false);
    assert.deepEqual(window.complaints, []);
  });
});
