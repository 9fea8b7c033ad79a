/**
 * The scope tags that a profile or filter is to carry when somebody wants it to carry these; it throws where they may not.
 * `before` null: it is new.
 */
export type ScopeTagRule = (before: readonly string[] | null, wanted: readonly string[]) => Promise<readonly string[]>;
