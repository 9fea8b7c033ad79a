/** Challenges that were answered. What is handed out is signed and not stored: asking for many of them fills nothing. */
export type UsedChallenges = {
  /** False when it was used before. Kept until it would be refused for its age. */
  use(hash: string, expiresAt: number): Promise<boolean>;
  removeExpired(now: number): Promise<void>;
};
