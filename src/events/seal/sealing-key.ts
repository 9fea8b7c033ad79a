/** What the key of the audit log does: `crypto/audit-key.ts` has it. All texts are lower-case hex or base64url. */
export type SealingKey = {
  /** Of an event, when it is written: who has no key can neither alter nor add one unnoticed. */
  mark(text: string): string;
  /** Of a block. */
  mac(text: string): string;
  /** For a block's salts, random. */
  newSeed(): string;
  /** The salt of one event in a block. */
  salt(seed: string, eventId: string): string;
  /** Commits to a text; without the salt nobody can tell to which. */
  leaf(salt: string, text: string): string;
  digest(text: string): string;
};
