/** Secrets that were handed out and wait to be used once, and sessions of administrators. */
export type OpenSecrets = {
  /** Ends all that are live: nobody gets in with them any more. Answers how many there were. */
  end(now: number): Promise<EndedSecrets>;
};

export type EndedSecrets = {
  readonly challenges: number;
  readonly joinTokens: number;
  readonly sessions: number;
};
