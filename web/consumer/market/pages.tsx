/** Long lists of mine, page by page: the newest first, and a button for what is older. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Do } from '../act.tsx';
import { useTexts } from '../texts.ts';

export const PAGE = 50;

interface OnePage<T> {
  items: T[];
  next?: string;
}
/** Part of a request: nothing for the first page. */
type From = { limit: number; cursor?: string };

/** `items` is undefined until the first page is here; `more` stands below them. */
export function usePages<T>(
  queryKey: readonly string[],
  ask: (from: From) => Promise<OnePage<T>>,
  refetchInterval: number,
) {
  const t = useTexts();
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => ask({ limit: PAGE, ...(pageParam && { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval,
  });
  const more = pages.hasNextPage && (
    <Do
      tone="quiet"
      busy={pages.isFetchingNextPage}
      testId="more"
      onClick={() => void pages.fetchNextPage()}
    >
      {t('mkMore')}
    </Do>
  );
  return {
    error: pages.error,
    retry: () => void pages.refetch(),
    items: pages.data?.pages.flatMap(({ items }) => items),
    more,
  };
}

/**
 * What I bought and what I sold as one list. Both are asked from the same place on: ids grow with time, so whatever
 * does not fit on this page is older than its last one and comes with the next.
 */
export async function bothSides<T extends { id: string }>(
  ask: (role: 'buyer' | 'seller') => Promise<OnePage<T>>,
): Promise<OnePage<T>> {
  const sides = await Promise.all([ask('buyer'), ask('seller')]);
  const all = sides
    .flatMap(({ items }) => items)
    .toSorted((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  const items = all.slice(0, PAGE);
  const last = items.at(-1);
  const isMore = all.length > PAGE || sides.some(({ next }) => next !== undefined);
  return { items, ...(isMore && last && { next: last.id }) };
}
