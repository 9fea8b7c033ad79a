import { readFileSync } from 'node:fs';
import { arch, hostname, release } from 'node:os';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';

/** What this Linux machine says of itself. Files that are missing or need root are passed over. */
export function localFacts(): AgentFacts {
  const os = osRelease(readOr('/etc/os-release'));
  const facts: Record<string, string | undefined> = {
    osVersion: os.get('VERSION_ID') ?? release(),
    osEdition: os.get('PRETTY_NAME'),
    serialNumber: readOr('/sys/class/dmi/id/product_serial'),
    manufacturer: readOr('/sys/class/dmi/id/sys_vendor'),
    model: readOr('/sys/class/dmi/id/product_name'),
    cpuArchitecture: arch(),
  };
  const name = hostname();
  const known = Object.entries(facts).flatMap(([key, value]) =>
    value === undefined || value.trim() === '' ? [] : [[key, value.trim().slice(0, 256)] as const],
  );
  return {
    ...Object.fromEntries(known),
    ...(name.includes('.') ? { fullyQualifiedDomainName: name } : {}),
    deviceName: name.split('.')[0] ?? name,
    platform: 'linux',
  };
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** `KEY=value` or `KEY="value"` lines of os-release(5). */
export function osRelease(text: string | undefined): Map<string, string> {
  const entries = (text ?? '').split('\n').flatMap((line) => {
    const match = /^([A-Z_0-9]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(line.trim());
    return match?.[1] === undefined ? [] : [[match[1], match[2] ?? match[3] ?? match[4] ?? ''] as const];
  });
  return new Map(entries);
}
