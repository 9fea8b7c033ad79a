import { type JsonObject, readFlag, readObject, readText } from './read-json.ts';

const textFacts = [
  'deviceName',
  'platform',
  'osVersion',
  'osEdition',
  'serialNumber',
  'imei',
  'meid',
  'wifiMacAddress',
  'fullyQualifiedDomainName',
  'manufacturer',
  'model',
  'cpuArchitecture',
] as const;

/** What a device says of itself. Nothing here is proven: whoever holds the device can make it say this. */
export type AgentFacts = Readonly<Partial<Record<(typeof textFacts)[number], string>>> & {
  readonly deviceName: string;
  readonly platform: string;
  readonly isRooted?: boolean;
};

export function readAgentFacts(value: unknown, path: string): AgentFacts {
  const object: JsonObject = readObject(value, path);
  const facts: Partial<Record<(typeof textFacts)[number], string>> = {};
  for (const name of textFacts) {
    const fact = object[name];
    if (fact !== undefined && fact !== null) facts[name] = readText(fact, `${path}.${name}`, 256);
  }
  const deviceName = readText(object.deviceName, `${path}.deviceName`, 256);
  const platform = readText(object.platform, `${path}.platform`, 64);
  const rooted = object.isRooted;
  return {
    ...facts,
    deviceName,
    platform,
    ...(rooted === undefined || rooted === null ? {} : { isRooted: readFlag(rooted, `${path}.isRooted`) }),
  };
}
