/** The filters of a list, kept in the address; a new filter begins again at the first page. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

const fields = ['state', 'cursor', 'subject', 'prefix', 'from', 'to', 'day', 'name'] as const;
/** What a list's address may carry; everything else in it is dropped. */
export type Search = { [K in (typeof fields)[number]]?: string };
const TEXT_MAX = 200;

export function searchOf(raw: Record<string, unknown>): Search {
  const search: Search = {};
  for (const field of fields) {
    const value = raw[field];
    if (typeof value === 'string' && value !== '') search[field] = value.slice(0, TEXT_MAX);
    if (typeof value === 'number') search[field] = String(value);
  }
  return search;
}

export function useFilters(): [
  Search,
  (change: { [K in keyof Search]?: string | undefined }) => void,
] {
  // The one global router type belongs to the other app; ours is what `searchOf` let through.
  const search = useSearch({ strict: false }) as unknown as Search;

  const navigate = useNavigate();
  const change = useCallback(
    (next: { [K in keyof Search]?: string | undefined }) => {
      const merged: Record<string, string | undefined> = { ...search, cursor: undefined, ...next };
      const kept = Object.fromEntries(
        Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''),
      );
      void navigate({ to: '.', search: kept as never, resetScroll: false });
    },
    [search, navigate],
  );
  return [search, change];
}

/** Only what is set: the server refuses empty filters. */
export const filled = <T extends object>(query: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ''),
  ) as { [K in keyof T]: Exclude<T[K], undefined> };
