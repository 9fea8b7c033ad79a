/** A directory from files, in the browser: what would change is shown before it does, and what is wrong, by its place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { type ConsoleWindow, launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { rounds } from '../../support/rounds.ts';
import { addDana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld, type World } from '../../support/world.ts';

const hostile = '<img src=x onerror="document.title=\'taken\'">, =cmd|calc!A1';

const users = `userPrincipalName,displayName\nann@x.example,Ann\nbob@x.example,"${hostile.replaceAll('"', '""')}"\n`;
const groups = 'groupName,kind\nStaff,user\nLaptops,device\n';
const members = 'groupName,member,memberKind\nStaff,ann@x.example,user\nLaptops,L1,device\n';
const devices = `deviceName,platform,primaryUser\nL1,linux,ann@x.example\n"${hostile.replaceAll('"', '""')}",ios,\n`;

describe('the import page', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  let world: World;
  before(async () => {
    [world, browser] = await Promise.all([startWorld({ authority: false, cryptoThreads: 0 }), launchBrowser()]);
    await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  const choose = ({ page }: ConsoleWindow, files: Readonly<Record<string, string | Buffer>>) =>
    page
      .locator('input[type=file]')
      .setInputFiles(
        Object.entries(files).map(([name, content]) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })),
      );

  test('shows every mistake by its place, loses nothing, and imports what was shown', async () => {
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/users');
    await page.getByRole('button', { name: 'Import' }).first().click();
    await page.getByRole('heading', { name: 'Import', exact: true }).waitFor();
    const preview = page.getByRole('button', { name: 'Show what would change' });
    await preview.click();
    await page.getByText('Choose a file first.').waitFor();

    // Known by its first line, whatever it is called; another one is not.
    await choose(window, { 'people of the house.csv': users, 'devices.csv': devices, 'notes.csv': 'a,b\n1,2\n' });
    await preview.click();
    await page.getByText('Say what is in notes.csv').waitFor();
    await page.getByRole('button', { name: 'Leave out notes.csv' }).click();

    await choose(window, {
      'devices.csv': 'deviceName,platform,primaryUser\nL1,amiga,ann@x.example\nL2,linux,nobody@x.example\n',
    });
    await preview.click();
    await page.getByRole('heading', { name: '2 mistakes' }).waitFor();
    const rows = page.getByRole('group', { name: '2 mistakes' }).getByRole('row');
    assert.match((await rows.nth(1).textContent()) ?? '', /devices\.csv24/);
    assert.match((await rows.nth(2).textContent()) ?? '', /devices\.csv310/);
    await window.screenshot('import-faults');
    assert.deepEqual(await window.axe(), []);
    const downloaded = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the list' }).click();
    const list = readFileSync(await (await downloaded).path(), 'utf8');
    assert.match(list, /^\ufefffile,line,column,code,detail\r\n.*devices\.csv,2,4,/);

    await choose(window, { 'devices.csv': devices, 'groups.csv': groups, 'group-members.csv': members });
    await preview.click();
    await page.getByRole('heading', { name: 'What would change' }).waitFor();
    await page.getByRole('tab', { name: 'Devices' }).click();
    await page.getByText(hostile).waitFor();
    await window.screenshot('import-preview');
    assert.deepEqual(await window.axe(), []);
    const { store } = world.server.foundation;
    assert.equal(await store.users.findByPrincipalName('ann@x.example'), null, 'nothing has happened yet');
    await page.getByRole('tab', { name: 'Memberships' }).click();
    await page.getByText('ann@x.example in Staff').waitFor();
    await page.getByRole('button', { name: 'Import 8 changes' }).click();
    await page.getByRole('heading', { name: 'The import is done' }).waitFor();
    await window.screenshot('import-done');
    assert.deepEqual(await window.axe(), []);
    assert.equal((await store.users.findByPrincipalName('bob@x.example'))?.displayName, hostile);

    // Who comes later sees what came of it; the same again changes nothing.
    await window.visit('/import');
    await page.getByRole('heading', { name: 'The latest import' }).waitFor();
    await choose(window, { 'users.csv': users });
    await preview.click();
    await page.getByText('Nothing would change').waitFor();
    assert.doesNotMatch(await page.title(), /taken/);
    assert.deepEqual(window.complaints, []);
  });

  test('calls what is no CSV what it is, and takes a byte order mark and a large file', async () => {
    await using window = await openWindow(browser, { url: world.url, width: 'narrow', theme: 'dark' });
    const { page } = window;
    await signIn(window, world);
    await window.visit('/import');
    const preview = page.getByRole('button', { name: 'Show what would change' });
    for (const [content, says] of [
      [Buffer.from('PK\u0003\u0004 not a table'), /Excel workbook/],
      [Buffer.from('\ufeffuserPrincipalName\nx', 'utf16le'), /UTF-16/],
      ['userPrincipalName;displayName\nx@x.example;X\n', /semicolons\. Use commas/],
      [Buffer.from('userPrincipalName,displayName\nx@x.example,M\u00fcller\n', 'latin1'), /not UTF-8/],
      ['', /"userPrincipalName" is missing/],
    ] as const) {
      await choose(window, { 'users.csv': content });
      await preview.click();
      await page.getByText(says).first().waitFor();
    }
    await window.screenshot('import-faults');
    assert.deepEqual(await window.axe(), []);
    const thousands = rounds(8, 48);
    const rows = Array.from({ length: 1000 }, (_, at) => `big-${at}@x.example,${'x'.repeat(1000)}\n`).join('');
    const file = Buffer.concat([
      Buffer.from('\ufeffuserPrincipalName,displayName,department\n'),
      ...Array.from({ length: thousands }, (_, at) =>
        Buffer.from(rows.replaceAll('big-', `b${at}-`).replaceAll(',x', ',y,x')),
      ),
    ]);
    assert.ok(file.length > thousands * 1_000_000);
    await choose(window, { 'users.csv': file });
    await preview.click();
    await page.getByText(`${thousands},000`).first().waitFor({ timeout: 60_000 });
    assert.deepEqual(window.complaints, []);
  });
});
