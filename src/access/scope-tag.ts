/**
 * Scope tags: words by which an organisation divides profiles, filters and devices among its administrators (intune-domain
 * 4.8). Who sees what by them is `store/seen/visible-rows.ts`; here are the tags and who carries them.
 */
import type { Branded } from '../lib/ids.ts';

export type ScopeTagId = Branded<'ScopeTagId'>;

export type ScopeTag = {
  readonly id: ScopeTagId;
  /** Unique without regard to case: profiles and filters carry tags by name. */
  readonly name: string;
  readonly description: string;
  /** Every device in one of these groups, directly or through nesting, carries the tag, whatever it was given itself. */
  readonly groupIds: readonly string[];
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Counts for whatever carries no tag; never stored with it. It is always there and always called so. */
export const defaultScopeTag = { id: '0' as ScopeTagId, name: 'Default' } as const;

/** On one object (intune-domain 7.1). */
export const maxScopeTags = 100;

/** The tags that count for something that carries these. */
export function effectiveScopeTags(carried: readonly string[]): readonly string[] {
  return carried.length === 0 ? [defaultScopeTag.name] : carried;
}

/** The same for names that mean the same tag. */
export function scopeTagKey(name: string): string {
  return name.trim().toLowerCase().normalize('NFC');
}

/** What is stored for tags as they count: Default alone is none. */
export function carriedScopeTags(effective: readonly string[]): readonly string[] {
  return effective.every((name) => scopeTagKey(name) === scopeTagKey(defaultScopeTag.name)) ? [] : effective;
}
