import type { Finding } from '../finding.ts';
import type { ScepSettings } from '../scep-settings.ts';
import { checkProfile } from './check-profile.ts';
import type { RuleFacts } from './rule.ts';

type Judged = { readonly name: string; readonly settings: ScepSettings };
type Reach = NonNullable<RuleFacts['reach']>;

const nobody: Reach = { devicesWithoutUser: { count: 0, names: [] }, dedicatedDevices: { count: 0, names: [] } };
const somebody: Reach = {
  devicesWithoutUser: { count: 1, names: ['a'] },
  dedicatedDevices: { count: 1, names: ['a'] },
};

/** Whether any rule would say something else of this profile for knowing whom it reaches: finding that out takes time. */
export function reachMatters(profile: Judged, now: number): boolean {
  const told = [undefined, nobody, somebody].map((reach) => JSON.stringify(judged(profile, now, reach)));
  return new Set(told).size > 1;
}

/** `findings` were made without knowing whom the profile reaches: what the rules say of it now takes the place of that. */
export function withReach(findings: readonly Finding[], profile: Judged, reach: Reach, now: number): Finding[] {
  const before = new Set(judged(profile, now, undefined).map(keyOf));
  const after = judged(profile, now, reach);
  const stays = new Set(after.map(keyOf));
  return [
    ...findings.filter((finding) => !before.has(keyOf(finding)) || stays.has(keyOf(finding))),
    ...after.filter((finding) => !before.has(keyOf(finding))),
  ];
}

function judged(profile: Judged, now: number, reach: Reach | undefined): Finding[] {
  return checkProfile(profile, { now, ...(reach !== undefined && { reach }) });
}

function keyOf(finding: Finding): string {
  const { rule, severity, path, detail } = finding;
  return JSON.stringify([rule, severity, path, detail]);
}
