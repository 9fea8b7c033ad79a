import { useEffect, useMemo } from 'react';
import type { TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import { usePages } from '../../../api/queries.ts';
import type { Platform } from './profile-form.ts';

/** Every trusted certificate profile of a platform; undefined: not known yet. */
export function useTrustedProfiles(platform: Platform): readonly TrustedCandidate[] | undefined {
  const query = usePages('GET /api/v1/profiles', { query: { platform, limit: 200 } });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return useMemo(() => {
    if (data === undefined || hasNextPage) return undefined;
    return data.pages.flatMap(({ items }) =>
      items.flatMap(({ id, slug, name, kind }) =>
        kind === 'trustedCertificate' ? [{ id, slug, name, kind, settings: { platform } } as TrustedCandidate] : [],
      ),
    );
  }, [data, hasNextPage, platform]);
}
