/** What a failed request means to a person: the server's own words when it sent some, ours when it could not be reached. */
import { ApiError } from '../api.ts';
import type { useSay } from './say.ts';

export interface Said {
  title: string;
  remedy: string;
  instance?: string | undefined;
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof ApiError ? error.problem.code : undefined;

export function wordsOf(error: unknown, t: ReturnType<typeof useSay>): Said {
  if (!(error instanceof ApiError))
    return { title: t('shell.broken'), remedy: t('shell.brokenNext') };
  const { title, remedy, detail, fields, allowedTransitions, instance } = error.problem;
  const parts = [
    remedy ?? detail,
    fields?.map(({ path, message }) => `${path}: ${message}`).join(' · '),
    allowedTransitions?.length ? t('shell.allowedNow') + allowedTransitions.join(', ') : undefined,
  ];
  return { title, remedy: parts.filter(Boolean).join(' '), instance };
}
