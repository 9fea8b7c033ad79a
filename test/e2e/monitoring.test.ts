/** The dashboard, the alert rules and their page name what the server tells, and nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { adminClient } from '../support/admin-client.ts';
import { type Exposed, parseExposition } from '../support/parse-exposition.ts';
import { startWorld, type World } from '../support/world.ts';

const folder = new URL('../../docs/monitoring/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

type Rules = { groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[] };
type Dashboard = { panels: { title: string; targets?: { expr: string }[] }[] };

let world: World;
let text: string;
let told: Exposed;
before(async () => {
  world = await startWorld({ cryptoThreads: 0 });
  const body = { name: 'watched', url: 'https://hooks.example.org/', eventTypes: ['*'], enabled: false };
  await adminClient(world)('POST', '/webhooks', { body });
  const headers = { authorization: `Bearer ${world.adminToken}` };
  text = await (await fetch(`${world.url}/metrics`, { headers })).text();
  told = parseExposition(text);
});
after(() => world[Symbol.asyncDispose]());

function metricsIn(expression: string): string[] {
  return (
    expression
      .replaceAll(/"[^"]*"/g, '""')
      .match(/\b(?:scepward|process|nodejs)_[a-z_]+\b/g)
      ?.map((name) => (told.families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ''))) ?? []
  );
}

function assertTold(where: string, expression: string): void {
  const names = metricsIn(expression);
  for (const name of names) assert.ok(told.families.has(name), `${where} asks for ${name}, which there is not`);
}

test('alert rules ask for metrics that there are, and say what to do', () => {
  const { groups } = parse(read('alerts.yaml')) as Rules;
  const rules = groups.flatMap((group) => group.rules);
  assert.ok(rules.length >= 15);
  for (const { alert, expr, annotations } of rules) {
    assertTold(alert, expr);
    assert.match(annotations.summary ?? '', /\w/);
    assert.ok((annotations.description ?? '').length > 15, `${alert} says what to do`);
  }
});

test('the dashboard asks for metrics that there are', () => {
  const { panels } = JSON.parse(read('grafana-dashboard.json')) as Dashboard;
  const asking = panels.filter(({ targets }) => targets !== undefined);
  assert.ok(asking.length >= 20);
  for (const { title, targets = [] } of asking)
    for (const { expr } of targets) {
      assert.ok(metricsIn(expr).length > 0, title);
      assertTold(title, expr);
    }
});

test('the page has a line for every metric of ours', () => {
  const page = read('README.md');
  for (const name of told.families.keys())
    if (name.startsWith('scepward_'))
      assert.ok(
        page.includes(`\`${name}\``) || page.includes(`\`${name.replace('scepward_webhook', '')}\``),
        `${name} is in docs/monitoring/README.md`,
      );
});

test('promtool minds neither rules nor metrics, where there is one', () => {
  const run = (args: string[], input?: string) => spawnSync('promtool', args, { encoding: 'utf8', input: input ?? '' });
  // Of Debian's package prometheus, which would start a server on this machine: not installed for this alone.
  if (run(['--version']).error !== undefined) return;
  const rules = run(['check', 'rules', fileURLToPath(new URL('alerts.yaml', folder))]);
  assert.equal(rules.status, 0, rules.stderr);
  const metrics = run(['check', 'metrics'], text);
  assert.equal(metrics.status, 0, metrics.stdout + metrics.stderr);
});

test('a rule with a mistake would be found', () => {
  assert.throws(() => assertTold('x', 'scepward_nonsense_total > 1'), /which there is not/);
});
