/** Where a person's names stand outside of events. */
export type TextPlace =
  | 'deployments'
  | 'certificates'
  | 'certificateSearch'
  | 'certificateTexts'
  | 'scepTransactions'
  | 'devices'
  | 'jobs'
  | 'jobFailures'
  | 'webhookDeliveries';

export const textPlaces: readonly TextPlace[] = [
  'deployments',
  'certificates',
  'certificateSearch',
  'certificateTexts',
  'scepTransactions',
  'devices',
  'jobs',
  'jobFailures',
  'webhookDeliveries',
];

export type PersonalRow = {
  readonly key: string | number;
  readonly texts: readonly { readonly kind: 'text' | 'json'; readonly text: string | null }[];
};

/** Whom to look for: `texts` as they would stand in JSON. */
export type SoughtPerson = {
  readonly userId: string;
  readonly deviceIds: readonly string[];
  readonly texts: readonly string[];
};

export type PersonalTexts = {
  /** Whose primary user this is, or that have a deployment for this user. */
  devicesOf(userId: string): Promise<readonly string[]>;
  /** Rows above `after` that are about the person or have one of the texts, and how far was looked; null: to the end. */
  find(
    place: TextPlace,
    person: SoughtPerson,
    after: string | number | null,
  ): Promise<{ readonly rows: readonly PersonalRow[]; readonly through: string | number | null }>;
  replace(place: TextPlace, rows: readonly PersonalRow[]): Promise<void>;
  /** Requests that were decided, with their CSRs, and answers kept for repeated requests. */
  forget(person: SoughtPerson): Promise<void>;
};
