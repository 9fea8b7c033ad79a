/** The wizard as the seed walks it: one profile on each platform, wrong values told at their fields, nothing typed lost. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { managementsOf, type Platform } from '../../../src/directory/platform.ts';
import { type AdminClient, adminClient } from '../../support/admin-client.ts';
import { type ConsoleWindow, launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { rounds } from '../../support/rounds.ts';
import { addDana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld, type World } from '../../support/world.ts';

type Walk = { readonly platform: Platform; readonly family: string; readonly nth?: number };

/** Those that a usual run walks come first. */
const walks: readonly Walk[] = [
  { platform: 'windows10', family: 'Windows 10 and later' },
  { platform: 'ios', family: 'iOS/iPadOS' },
  { platform: 'androidEnterpriseCorporate', family: 'Android Enterprise' },
  { platform: 'androidEnterprisePersonal', family: 'Android Enterprise', nth: 1 },
  { platform: 'androidDeviceAdministrator', family: 'Android device administrator' },
  { platform: 'androidOpenSource', family: 'Android (AOSP)' },
  { platform: 'macos', family: 'macOS' },
  { platform: 'windows81', family: 'Windows 8.1 and later' },
  { platform: 'linux', family: 'Linux' },
];

const hostile = '<img src=x onerror="document.title=\'taken\'">';
const rightToLeft = '\u0645\u0644\u0641 \u0627\u0644\u062a\u0639\u0631\u064a\u0641';

describe('Create profile', { skip: skipUnless('chromium') }, () => {
  let world: World;
  let browser: Browser;
  let api: AdminClient;
  before(async () => {
    [world, browser] = await Promise.all([startWorld(), launchBrowser()]);
    api = adminClient(world);
    await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
    await api('POST', '/users', {
      body: { userPrincipalName: 'jane@contoso.com', userName: 'jane', emailAddress: 'jane@contoso.com' },
    });
    for (const { platform } of walks.slice(0, rounds(2, walks.length))) {
      const [management] = managementsOf[platform];
      const trusted = {
        kind: 'trustedCertificate',
        name: `${hostile} ${platform}`,
        slug: `root-${platform}`.toLowerCase(),
        platform,
      };
      const device = {
        deviceName: `${platform}-1`,
        platform,
        primaryUser: 'jane@contoso.com',
        serialNumber: `SN-${platform}`,
        ...(management !== undefined && { management }),
      };
      for (const [path, body] of [
        ['/profiles', { ...trusted, settings: { certificate: 'ownRoot' } }],
        ['/devices', device],
      ] as const) {
        const answer = await api('POST', path, { body });
        assert.equal(answer.status, 201, JSON.stringify(answer.body));
      }
    }
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  for (const walk of walks.slice(0, rounds(2, walks.length)))
    test(`walks the seed's steps for ${walk.platform}`, async () => {
      await using window = await openWindow(browser, { url: world.url });
      const { page } = window;
      await signIn(window, world);
      await begin(window, walk);

      // Basics.
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText('The profile has no name.').waitFor();
      const name = `${walk.platform} ${rightToLeft} ${hostile}`;
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByRole('textbox', { name: 'Description' }).fill('x'.repeat(300));
      await page.getByRole('button', { name: 'Next' }).click();

      await absentSettings(page, walk.platform);
      await wrongValues(page);
      await page.getByLabel('Root Certificate').selectOption(`root-${walk.platform}`.toLowerCase());
      await page.getByText('The root certificate is missing.').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Add a name' }).click();
      await page.getByRole('menuitem', { name: 'User principal name (UPN)' }).click();

      // The preview is that of a real device.
      const preview = page.getByRole('group').filter({ hasText: 'Live preview' }).last();
      await preview.getByText('jane@contoso.com').first().waitFor();
      await preview.getByText('OU=Mobile', { exact: false }).first().waitFor();
      if (walk.platform === 'ios') await window.screenshot('create-profile-preview');
      if (walk.platform === 'windows10') assert.deepEqual(await window.axe(), []);

      // Steps that ask nothing of everybody.
      const next = page.getByRole('button', { name: 'Next' });
      for (const step of [
        'Scope tags',
        'Assignments',
        ...(walk.platform === 'windows10' ? ['Applicability rules'] : []),
      ]) {
        await next.click();
        await page.getByRole('heading', { name: step, exact: true }).waitFor();
      }
      await next.click();
      await page.getByRole('heading', { name: 'Who gets it' }).waitFor();
      await page.getByText('CN={{UserName}},OU=Mobile').first().waitFor();
      if (walk.platform === 'windows10') assert.deepEqual(await window.axe(), []);
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('heading', { name, exact: true }).waitFor();

      const stored = (await api('GET', `/profiles?search=${encodeURIComponent(walk.platform)}&limit=200`)).body.items;
      const { slug } = stored.find((each: { name: string }) => each.name === name);
      const { document } = (await api('GET', `/profiles/${slug}`)).body;
      assert.equal(document.platform, walk.platform);
      assert.equal(document.description, 'x'.repeat(300));
      const { settings } = document;
      assert.equal(settings.subjectNameFormat, 'CN={{UserName}},OU=Mobile');
      assert.deepEqual(settings.subjectAlternativeNames, [{ type: 'upn', value: '{{UserPrincipalName}}' }]);
      assert.equal(settings.renewalThreshold, 25);
      assert.deepEqual(settings.scepServerUrls, ['https://scep.contoso.com/scep/wifi']);
      assert.equal(settings.rootCertificate, `root-${walk.platform}`.toLowerCase());
      assert.doesNotMatch(await page.title(), /^taken/);
      assert.deepEqual(window.complaints, []);
    });

  test('keeps what was typed over a reload, a server that is away and what it refuses, and asks before it is left', async () => {
    await using window = await openWindow(browser, { url: world.url });
    const { page, context } = window;
    await signIn(window, world);
    await window.visit('/profiles/_create?platform=windows10&type=scep');
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Half typed');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Certificate type').selectOption('device');
    await page.reload();
    await window.settled();
    assert.equal(await page.getByLabel('Certificate type').inputValue(), 'device');
    // A subject that nobody has changed has followed the type; a device is offered no user's variable.
    assert.equal(await page.getByLabel('Subject name format').inputValue(), 'CN={{AAD_Device_ID}}');
    await page.getByRole('button', { name: 'Insert a variable' }).click();
    await page.getByRole('menuitem', { name: 'DeviceName' }).waitFor();
    assert.equal(await page.getByRole('menuitem', { name: 'UserPrincipalName' }).count(), 0);
    await page.keyboard.press('Escape');
    await page.getByLabel('Root Certificate').selectOption('root-windows10');
    // Only the server knows what its template allows.
    await page.getByRole('textbox', { name: 'Value' }).fill('40');
    await page.getByText(/days are more than the/).waitFor();
    await page.getByRole('textbox', { name: 'Value' }).fill('1');
    await page.getByText(/days are more than the/).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Review + create' }).click();
    await page.getByRole('heading', { name: 'Who gets it' }).waitFor();
    await page.getByRole('link', { name: 'Devices' }).first().click();
    await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Basics' }).click();
    assert.equal(await name.inputValue(), 'Half typed');
    await page.getByRole('button', { name: 'Review + create' }).click();

    // Sent again by itself once the server answers, and carried out once.
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('The server does not answer.').first().waitFor();
    await context.setOffline(false);
    await page.getByRole('heading', { name: 'Half typed', exact: true }).waitFor();
    assert.equal((await api('GET', '/profiles?search=Half')).body.items.length, 1);
    assert.deepEqual(window.complaints, []);
  });
});

/** The side panel of the list: platform, then profile type. */
async function begin({ page, visit, settled }: ConsoleWindow, { family, nth = 0 }: Walk) {
  await visit('/profiles');
  await page.getByRole('button', { name: 'Create profile' }).first().click();
  const panel = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Create', exact: true }).click();
  await panel.getByText('This is needed.').first().waitFor();
  await panel.getByLabel('Platform').selectOption({ label: family });
  await panel.getByRole('radio', { name: 'SCEP certificate' }).nth(nth).click();
  await panel.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Create profile' }).waitFor();
  await settled();
}

/** Settings that the platform lacks are absent. */
async function absentSettings(page: Page, platform: Platform) {
  await page.getByLabel('Key size (bits)').waitFor();
  const shown = async (label: string) => (await page.getByText(label, { exact: true }).count()) > 0;
  const windows = platform === 'windows10' || platform === 'windows81';
  assert.equal(await shown('Key storage provider (KSP)'), windows);
  assert.equal(await shown('Hash algorithm'), platform !== 'ios' && platform !== 'macos');
  assert.equal(await shown('Deployment channel'), platform === 'macos');
  assert.equal(await shown('Certificate access'), platform === 'androidEnterpriseCorporate' || platform === 'linux');
  assert.equal(
    await page.getByRole('button', { name: 'Applicability rules' }).count(),
    platform === 'windows10' ? 1 : 0,
  );
}

/** Each is told at its field while it is typed; what the rules can mend is mended in place. */
async function wrongValues(page: Page) {
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('The root certificate is missing.').waitFor();
  await page.getByLabel('Subject name format', { exact: true }).selectOption({ label: 'Custom' });
  const subject = page.getByRole('textbox', { name: 'Custom subject name format' });
  await subject.fill('CN={{UserName');
  await page
    .getByText(/\(character 4\)/)
    .first()
    .waitFor();
  await subject.fill('CN={UserName},OU=Mobile');
  await page.getByRole('button', { name: 'Name the variable' }).click();
  assert.equal(await subject.inputValue(), 'CN={{UserName}},OU=Mobile');
  await page.getByRole('button', { name: 'Name the variable' }).waitFor({ state: 'detached' });

  const threshold = page.getByLabel('Renewal threshold (%)');
  await threshold.fill('200');
  await page.getByText('200 is outside 1 to 99.').waitFor();
  await threshold.fill('25');
  await page.getByRole('button', { name: 'Add a URL' }).click();
  const url = page.getByRole('textbox', { name: 'SCEP server URL 1' });
  await url.fill(hostile);
  await page.getByText(/is not an absolute http or https address/).waitFor();
  await url.fill('https://scep.contoso.com/scep/wifi');
  await page.getByText(/is not an absolute http or https address/).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Remove: Client Authentication' }).click();
  await page.getByText(/good for no purpose/).waitFor();
  await page.getByRole('button', { name: 'Add a purpose' }).click();
  await page.getByRole('menuitem', { name: 'Custom …' }).click();
  await page.getByRole('textbox', { name: 'Object identifier' }).fill('1.2.three');
  await page.getByText(/is not an object identifier/).waitFor();
  await page.getByRole('button', { name: 'Remove: 1.2.three' }).click();
  await page.getByRole('button', { name: 'Add a purpose' }).click();
  await page.getByRole('menuitem', { name: 'Client Authentication' }).click();
}
