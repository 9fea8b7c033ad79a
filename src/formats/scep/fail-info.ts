/** failInfo values of RFC 8894 §3.2.1.4. */
export const failInfos = {
  badAlg: 0,
  badMessageCheck: 1,
  badRequest: 2,
  badTime: 3,
  badCertId: 4,
} as const;

export type FailInfo = keyof typeof failInfos;

const names = new Map<number, FailInfo>((Object.keys(failInfos) as FailInfo[]).map((name) => [failInfos[name], name]));

export function failInfoName(value: number): FailInfo | undefined {
  return names.get(value);
}
