/** pkiStatus values of RFC 8894 §3.2.1.3. */
export const pkiStatuses = { SUCCESS: 0, FAILURE: 2, PENDING: 3 } as const;

export type PkiStatus = keyof typeof pkiStatuses;

const names = new Map<number, PkiStatus>(
  (Object.keys(pkiStatuses) as PkiStatus[]).map((name) => [pkiStatuses[name], name]),
);

export function pkiStatusName(value: number): PkiStatus | undefined {
  return names.get(value);
}
