/** Where a person's names stand outside of events, in the order in which they are taken out. */
export const textPlaces = [
  'deployments',
  'wantedDeployments',
  'certificates',
  'certificateSearch',
  'certificateTexts',
  'scepTransactions',
  'devices',
  'jobs',
  'jobFailures',
  'profileHistory',
  'removalCases',
  'heldChanges',
  'approvals',
  'erasures',
  'webhookDeliveries',
] as const;

export type TextPlace = (typeof textPlaces)[number];

/** `lines`: JSON of `[certificate's id, text]`, each about somebody of its own. */
export type PersonalText = { readonly kind: 'text' | 'json' | 'lines'; readonly text: string | null };

export type PersonalRow = { readonly key: string | number; readonly texts: readonly PersonalText[] };

/** What a row says by now, and what it said when it was read. */
export type RedactedRow = PersonalRow & { readonly before: readonly PersonalText[] };

/** Whom to look for: `texts` as they would stand in texts and in JSON. */
export type SoughtPerson = {
  readonly userId: string;
  readonly deviceIds: readonly string[];
  /** Certificates that are about the person: known once those were looked through. */
  readonly certificateIds: readonly string[];
  readonly texts: readonly string[];
};

/** What people wrote themselves, and would have to change: a device's name, a group's description. */
export type PersonalName = { readonly kind: string; readonly id: string; readonly name: string };

export type PersonalTexts = {
  /** Whose primary user this is, or that have a deployment for this user. */
  devicesOf(userId: string): Promise<readonly string[]>;
  /**
   * Rows above `after` that are about the person or have one of the texts, and how far was looked; null: to the end. Each says
   * whether it is about the person.
   */
  find(
    place: TextPlace,
    person: SoughtPerson,
    after: string | number | null,
  ): Promise<{
    readonly rows: readonly (PersonalRow & { readonly about: boolean })[];
    readonly through: string | number | null;
  }>;
  /** Answers how many were replaced: not those that say something else by now. */
  replace(place: TextPlace, rows: readonly RedactedRow[]): Promise<number>;
  /** Requests that waited or were decided, with their CSRs, and answers kept for repeated requests. */
  forget(person: SoughtPerson): Promise<void>;
  /** Objects whose own texts name the person and stay as they are; at most `limit`. */
  staying(person: Pick<SoughtPerson, 'texts'>, limit: number): Promise<readonly PersonalName[]>;
};
