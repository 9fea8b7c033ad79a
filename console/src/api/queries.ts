/** Reading and changing through the query cache. Keys are [address without query, input], so that news can name addresses. */
import {
  QueryClient,
  type UseQueryOptions,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Api } from './api-types.ts';
import { type Answer, type Answered, type CallOptions, exchange, type Input, type Route } from './call.ts';
import { isTransient, Problem } from './problem.ts';

export type Reading = Extract<Route, `GET ${string}`>;
export type Changing = Exclude<Route, Reading>;

type OrNothing<R extends Route> = Record<never, never> extends Input<R> ? [input?: Input<R>] : [input: Input<R>];

/** Wrong answers stay wrong; what is away comes back, and is asked for as long as somebody looks at the page. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => isTransient(error) && count < 100,
      retryDelay: (count, error) => {
        const asked = error instanceof Problem ? error.retryAfter : null;
        return Math.min(Math.max(asked ?? 0, 500 * 2 ** count), 10_000);
      },
      refetchOnWindowFocus: false,
      // Ours asks the server, not the network card.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export function keyOf<R extends Reading>(route: R, input?: Partial<Input<R>>): readonly unknown[] {
  return [route.slice('GET '.length), input ?? {}];
}

type ReadingOptions<R extends Reading> = Pick<UseQueryOptions<Answer<R>>, 'enabled'> & {
  /** Shows what was there while something else loads. */
  readonly keep?: boolean;
};

/** `useRead('GET /api/v1/devices/{device}', { path: { device } })` */
export function useRead<R extends Reading>(
  route: R,
  input?: Input<R>,
  options: ReadingOptions<R> = {},
): UseQueryResult<Answer<R>, Error> {
  const { keep = false, ...rest } = options;
  return useQuery<Answer<R>>({
    queryKey: keyOf(route, input),
    queryFn: async ({ signal }) => (await exchange(route, input, { signal })).answer,
    ...(keep && { placeholderData: (before: Answer<R> | undefined) => before }),
    ...rest,
  } as UseQueryOptions<Answer<R>>);
}

/** Asks by POST what a change would come to: nothing is changed by it. The key is the body, so that the same is asked once. */
export function useAsk<R extends Extract<Route, `POST ${string}`>>(
  route: R,
  input: Input<R>,
  options: { readonly enabled?: boolean; readonly keep?: boolean } = {},
): UseQueryResult<Answer<R>, Error> {
  const { keep = false, ...rest } = options;
  return useQuery<Answer<R>>({
    queryKey: [route.slice('POST '.length), input],
    queryFn: async ({ signal }) => (await exchange(route, input, { signal })).answer,
    ...(keep && { placeholderData: (before: Answer<R> | undefined) => before }),
    ...rest,
  } as UseQueryOptions<Answer<R>>);
}

/** As `useRead`, with the ETag for the edit to come. */
export function useReadForEdit<R extends Reading>(route: R, ...[input]: OrNothing<R>): UseQueryResult<Answered<R>> {
  return useQuery<Answered<R>>({
    queryKey: [...keyOf(route, input), 'edit'],
    queryFn: ({ signal }) => exchange(route, input as Input<R> | undefined, { signal }),
    // Nobody's form changes under their hands; the server tells when it was outdated.
    staleTime: 0,
  });
}

/** Routes that answer `{items, next}`. */
export type Listing = {
  [R in Reading]: Api[R]['answer'] extends { readonly items: readonly unknown[]; readonly next: string | null }
    ? R
    : never;
}[Reading];

export type ItemOf<R extends Listing> = Api[R]['answer'] extends { readonly items: readonly (infer Item)[] }
  ? Item
  : never;

/** Page by page, each by the cursor of the one before. */
export function usePages<R extends Listing>(route: R, input?: Input<R>, options: { readonly enabled?: boolean } = {}) {
  return useInfiniteQuery({
    queryKey: [...keyOf(route, input), 'pages'],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const { path, query } = (input ?? {}) as { path?: object; query?: object };
      const paged = { path, query: { ...query, cursor: pageParam ?? undefined } } as unknown as Input<R>;
      const { answer } = await exchange(route, paged, { signal });
      return answer as { readonly items: readonly ItemOf<R>[]; readonly next: string | null };
    },
    getNextPageParam: ({ next }) => next,
    ...options,
  });
}

/**
 * `const save = useChange('PUT /api/v1/filters/{filter}'); save.mutate({ path, body, ifMatch })`. What the page shows is read
 * anew once it is done; the stream of events does the same for everybody else.
 */
export function useChange<R extends Changing>(route: R) {
  const client = useQueryClient();
  return useMutation<Answered<R>, Error, Input<R> & CallOptions>({
    mutationFn: ({ ifMatch, signal, ...input }) =>
      exchange(route, input as unknown as Input<R>, {
        ...(ifMatch !== undefined && { ifMatch }),
        ...(signal !== undefined && { signal }),
      }),
    onSuccess: () => client.invalidateQueries(),
  });
}
