/**
 * What a new administrator does, in one go and in the browser: from the set-up code to a device's certificate, seen while it
 * happens; a failure explained; revocation; renewal; and a colleague who sees only what is theirs.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { runAgentOnce } from '../../../src/client/agent.ts';
import { joinAgent } from '../../../src/client/join-agent.ts';
import { makeDeviceKey } from '../../../src/client/make-device-key.ts';
import { sharedTransport } from '../../../src/client/shared-transport.ts';
import { simulatedAgent } from '../../../src/client/simulated-device.ts';
import type { Platform } from '../../../src/directory/platform.ts';
import { systemCause } from '../../../src/events/event.ts';
import type { AgentFacts } from '../../../src/formats/agent/agent-facts.ts';
import { day, systemClock } from '../../../src/lib/clock.ts';
import { type AdminClient, adminClient } from '../../support/admin-client.ts';
import { type ConsoleWindow, launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { underCi } from '../../support/rounds.ts';
import { dana } from '../../support/sign-in-to-console.ts';
import { startWorld, type World } from '../../support/world.ts';

const erin = { name: 'Erin Finch', signInName: 'erin', password: 'nine dry owls on a fence' } as const;

/** One of each family outside CI. */
const platforms: readonly Platform[] = underCi
  ? [
      'windows10',
      'windows81',
      'ios',
      'macos',
      'androidDeviceAdministrator',
      'androidEnterpriseCorporate',
      'androidEnterprisePersonal',
      'androidOpenSource',
      'linux',
    ]
  : ['windows10', 'ios', 'androidEnterpriseCorporate'];

/** The system's, that can be sent on. */
function movingClock() {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
    advance: (milliseconds: number) => {
      ahead += milliseconds;
    },
  };
}

describe('a new administrator', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test('goes from nothing to certificates that are looked after, without leaving the console', async () => {
    const clock = movingClock();
    await using world = await startWorld({ authority: false, clock });
    await using window = await openWindow(browser, { url: world.url });
    await using devices = await playedDevices(world, clock);
    const api = adminClient(world);
    const { page } = window;

    await setUp(window, world);
    await makeInWizard(window);
    await makeByApi(api);
    for (const platform of platforms) await watchEnrolment(window, api, devices, platform);
    await seeFailureExplained(window, api, devices);
    await revoke(window, devices);
    await renew(window, devices, clock);
    await colleague(window, browser, world, api);
    assert.deepEqual(window.complaints, []);
    assert.equal(await page.locator('[role="alert"]').count(), 0);
  });
});

/** The first run: whoever has the code makes the authority and themselves. */
async function setUp({ page, settled }: ConsoleWindow, world: World): Promise<void> {
  const code = await newSetUpCode({ ...world.server.foundation.store, clock: world.clock });
  await page.goto(world.url);
  const next = page.getByRole('button', { name: 'Next' });
  await page.getByRole('textbox', { name: 'Set-up code' }).fill(code);
  await next.click();
  await page.getByRole('textbox', { name: 'Organisation' }).fill('Alder & Finch');
  await page.getByLabel('Address of the server for devices').fill('http://pki.alderfinch.example');
  await next.click();
  await page.getByLabel('Your name').fill(dana.name);
  await page.getByLabel('Sign-in name').fill(dana.signInName);
  await page.locator('input[type=password]').fill(dana.password);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('heading', { name: 'First steps' }).waitFor({ timeout: 60_000 });
  await settled();
}

/** As the server makes it of the name. */
const slugOf = (platform: Platform) => `sign-in-on-${platform.toLowerCase()}`;

/** Those of Windows, step by step: every field but the name, the root and who gets it is right as it stands. */
async function makeInWizard(window: ConsoleWindow): Promise<void> {
  const { page } = window;
  await wizard(window, 'trustedCertificate', 'Root for windows10', 'All devices', async () => {
    await page.getByRole('button', { name: 'Use the root of Alder & Finch' }).click();
    await page.getByText('Issued by').waitFor();
  });
  await wizard(window, 'scep', 'Sign-in on windows10', 'All users', async () => {
    await page.getByLabel('Root Certificate').selectOption({ label: 'Root for windows10' });
    await page.getByRole('button', { name: 'Add a name' }).click();
    await page.getByRole('menuitem', { name: 'User principal name (UPN)' }).click();
  });
}

async function wizard(
  { page, visit, settled }: ConsoleWindow,
  type: 'trustedCertificate' | 'scep',
  name: string,
  everybody: string,
  fillSettings: () => Promise<void>,
): Promise<void> {
  const next = async (heading: string) => {
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: heading, exact: true }).waitFor();
  };
  await visit(`/profiles/_create?platform=windows10&type=${type}`);
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Next' }).click();
  await fillSettings();
  await next('Scope tags');
  await next('Assignments');
  await page.getByRole('combobox', { name: 'Include' }).fill(everybody);
  await page.getByRole('option', { name: everybody }).click();
  await page.getByRole('list', { name: 'Included' }).getByText(everybody).waitFor();
  await next('Applicability rules');
  await next('Who gets it');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
  await settled();
}

async function makeByApi(api: AdminClient): Promise<void> {
  for (const platform of platforms.filter((each) => each !== 'windows10')) {
    const root = `root-${platform.toLowerCase()}`;
    const documents = [
      {
        kind: 'trustedCertificate',
        name: `Root for ${platform}`,
        slug: root,
        platform,
        settings: {
          certificate: 'ownRoot',
          ...(platform === 'windows81' && { destinationStore: 'computerRoot' }),
        },
        assignments: [{ include: 'allDevices' }],
      },
      {
        kind: 'scep',
        name: `Sign-in on ${platform}`,
        slug: slugOf(platform),
        platform,
        settings: {
          certificateType: 'user',
          certificateValidityPeriod: '1 year',
          subjectNameFormat: 'CN={{UserName}},E={{EmailAddress}}',
          subjectAlternativeNames: [{ type: 'upn', value: '{{UserPrincipalName}}' }],
          rootCertificate: root,
          extendedKeyUsages: ['Client Authentication'],
        },
        assignments: [{ include: 'allUsers' }],
      },
    ];
    for (const body of documents) {
      const { status, body: answer } = await api('POST', '/profiles', { body });
      assert.equal(status, 201, JSON.stringify(answer));
    }
  }
}

type Devices = AsyncDisposable & {
  /** Of a device that the directory knows. */
  join(facts: AgentFacts, deviceId: string): Promise<void>;
  /** What became of its certificates, a word each. */
  checkIn(deviceName: string): Promise<readonly string[]>;
};

/** Our own agent, with the habits of each platform. */
async function playedDevices(world: World, clock: typeof systemClock): Promise<Devices> {
  const transports = sharedTransport(1);
  const agents = new Map<string, ReturnType<typeof simulatedAgent>>();
  return {
    async join(facts, deviceId) {
      const { text } = await world.server.delivery.createJoinToken({
        deviceId: deviceId as never,
        userId: null,
        cause: systemCause,
      });
      const simulation = { server: world.url, clock, makeKey: makeDeviceKey, openTransport: transports.open };
      const agent = simulatedAgent({ facts, joinToken: text }, simulation, agents.size);
      agents.set(facts.deviceName, agent);
      await joinAgent(agent, { server: world.url, token: text });
    },
    async checkIn(deviceName) {
      const agent = agents.get(deviceName);
      assert.ok(agent !== undefined);
      const { results } = await runAgentOnce(agent);
      return results.map(({ outcome, code }) => (code === null ? outcome : `${outcome}: ${code}`));
    },
    [Symbol.asyncDispose]: () => transports[Symbol.asyncDispose](),
  };
}

const upnOf = (name: string) => `${name}@alderfinch.example`;

/** On the page; answers its id. */
async function addDevice(
  { page, visit, settled }: ConsoleWindow,
  deviceName: string,
  platform: Platform,
  user: string,
) {
  await visit('/devices');
  await page.getByRole('button', { name: 'Add device' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(deviceName);
  await page.getByLabel('Platform').last().selectOption(platform);
  if (platform === 'androidEnterpriseCorporate') await page.getByLabel('Management').selectOption('dedicated');
  await page.getByRole('textbox', { name: 'Primary user' }).fill(upnOf(user));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: deviceName }).waitFor();
  await settled();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** The page of the device is open while it enrols; nobody reloads it. */
async function watchEnrolment(window: ConsoleWindow, api: AdminClient, devices: Devices, platform: Platform) {
  const { page } = window;
  const user = `user-${platform.toLowerCase()}`;
  const created = await api('POST', '/users', {
    body: { userPrincipalName: upnOf(user), userName: user, emailAddress: upnOf(user) },
  });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const name = `${platform}-01`;
  const id = await addDevice(window, name, platform, user);
  await devices.join({ deviceName: name, platform, osVersion: '10.0' }, id);
  const state = statusOf(page, `Sign-in on ${platform}`);
  await state.getByText('Pending').waitFor();
  assert.deepEqual(await devices.checkIn(name), ['enrolled']);
  await state.getByText('Applies').waitFor({ timeout: 15_000 });
}

/** The item of a profile on the page of a device. */
function statusOf(page: Page, profile: string) {
  return page.getByRole('listitem').filter({ has: page.getByRole('link', { name: profile, exact: true }) });
}

/** Somebody without a mail address cannot have one in a certificate: the page says so, and what to do. */
async function seeFailureExplained(window: ConsoleWindow, api: AdminClient, devices: Devices) {
  const { page } = window;
  const { status } = await api('POST', '/users', {
    body: { userPrincipalName: upnOf('nomail'), userName: 'nomail' },
  });
  assert.equal(status, 201);
  const id = await addDevice(window, 'mute-01', 'windows10', 'nomail');
  await devices.join({ deviceName: 'mute-01', platform: 'windows10', osVersion: '10.0' }, id);
  await devices.checkIn('mute-01');
  const item = statusOf(page, 'Sign-in on windows10');
  await item.getByText('Error').waitFor({ timeout: 15_000 });
  await item
    .getByText(/EmailAddress|e-mail|mail address/i)
    .first()
    .waitFor();
  await window.screenshot('walk-failure');
}

/** Of a list, from 1; its head is the first of the table's. */
const row = (page: Page, n: number) => page.locator(`[aria-rowindex="${n + 1}"]`);

async function openCertificate({ page, visit, settled }: ConsoleWindow, deviceName: string) {
  await visit(`/certificates?search=${deviceName}&sort=issued&order=desc`);
  await row(page, 1).getByRole('link').first().click();
  await page.getByRole('tab', { name: 'Fields' }).waitFor();
  await settled();
}

/** The certificate of the first device: it says so at once, and the device has another at its next check-in. */
async function revoke(window: ConsoleWindow, devices: Devices) {
  const { page } = window;
  await openCertificate(window, 'windows10-01');
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog')).last();
  await dialog.getByRole('combobox').selectOption('keyCompromise');
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Key compromise', { exact: true }).first().waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(await devices.checkIn('windows10-01'), ['enrolled']);
  await row(page, 1).getByText('Valid').waitFor({ timeout: 15_000 });
  await row(page, 2).getByText('Revoked').waitFor();
}

/** Most of a year later: the session is over, what was open stays, and the device renews by itself. */
async function renew(window: ConsoleWindow, devices: Devices, clock: ReturnType<typeof movingClock>) {
  const { page } = window;
  await window.visit('/certificates?search=ios-01');
  clock.advance(320 * day);
  await page.reload();
  await page.getByLabel('Sign-in name').fill(dana.signInName);
  await page.getByLabel('Password').fill(dana.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await row(page, 1).waitFor();
  assert.deepEqual(await devices.checkIn('ios-01'), ['enrolled']);
  await row(page, 2).waitFor({ timeout: 15_000 });
  await openCertificate(window, 'ios-01');
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await window.settled();
  await window.screenshot('walk-renewed');
}

/** Someone for Hamburg: sees what carries its tag, and nothing else. */
async function colleague(window: ConsoleWindow, browser: Browser, world: World, api: AdminClient) {
  const { page, visit } = window;
  await visit('/administration/scope-tags');
  await page.getByRole('button', { name: 'Add scope tag' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Hamburg');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Hamburg').first().waitFor();

  await visit('/administration');
  await page.getByRole('button', { name: 'Add administrator' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(erin.name);
  await page.getByRole('textbox', { name: 'Sign-in name' }).fill(erin.signInName);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const code = (await page.getByRole('button', { name: /^Copy.*One-time sign-in code/i }).textContent()) ?? '';
  await page.getByRole('link', { name: 'Give a role' }).click();
  await page.getByRole('button', { name: 'Give a role' }).click();
  await page.getByRole('combobox', { name: 'Role' }).selectOption({ label: 'Policy and Profile Manager' });
  await page.getByRole('checkbox', { name: new RegExp(erin.name) }).check();
  await page.getByRole('switch', { name: 'On objects of every scope tag' }).uncheck();
  await page.getByRole('checkbox', { name: 'Hamburg' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('combobox', { name: 'Role' }).waitFor({ state: 'detached' });
  await page.getByText('Policy and Profile Manager').first().waitFor();

  const { body: profile } = await api('GET', `/profiles/${slugOf('ios')}`);
  const tagged = await api('PUT', `/profiles/${profile.slug}`, {
    body: { ...profile.document, scopeTags: ['Hamburg'] },
    headers: { 'if-match': `"${profile.version}"` },
  });
  assert.equal(tagged.status, 200, JSON.stringify(tagged.body));

  await using theirs = await openWindow(browser, { url: world.url });
  await theirs.page.goto(world.url);
  await theirs.page.getByRole('button', { name: /code/i }).click();
  await theirs.page.getByRole('textbox').first().fill(code.trim());
  await theirs.page.locator('input[type=password]').fill(erin.password);
  await theirs.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await theirs.page.getByRole('heading', { name: 'Overview' }).waitFor();
  await theirs.visit('/profiles');
  await theirs.page.getByText('Sign-in on ios').waitFor();
  assert.equal(await theirs.page.getByText(/^(Root|Sign-in) /).count(), 1);
  // Tags and settings are theirs to read; who else is there, and what they may do, is not.
  await theirs.visit('/administration');
  await theirs.page.getByRole('tab', { name: 'Scope tags' }).waitFor();
  assert.equal(await theirs.page.getByRole('tab', { name: 'Administrators' }).count(), 0);
  assert.equal(await theirs.page.getByRole('button', { name: /^(Add|Give)/ }).count(), 0);
  await theirs.visit(`/profiles/${slugOf('windows10')}`);
  await theirs.page.getByText('There is nothing here').first().waitFor();
  await theirs.screenshot('walk-colleague');
  assert.deepEqual(theirs.complaints, []);
}
