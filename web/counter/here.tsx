/** What every page of the counter needs: which till this is, its name in the browser, and the page that is not there. */
import { createContext, useContext, useEffect } from 'react';
import { Empty } from '../kit/index.ts';
import type { TillFacts } from './keep.ts';
import { Link } from './link.tsx';
import { useCounterTexts } from './texts.ts';

export const Here = createContext<TillFacts | undefined>(undefined);

/** The till of this device; pages are shown only where there is one. */
export function useHere(): TillFacts {
  const till = useContext(Here);
  if (!till) throw new Error('this device was not set up');
  return till;
}

/** Names the page in the browser and in the history. */
export function useTitle(page: string): void {
  const t = useCounterTexts();
  useEffect(() => {
    document.title = t('counterTitleOf', { page });
  }, [page, t]);
}

export function Lost(): React.ReactNode {
  const t = useCounterTexts();
  return (
    <div className="page narrow">
      <Empty title={t('visitLost')}>
        <Link to="/" className="hq-button">
          {t('toTill')}
        </Link>
      </Empty>
    </div>
  );
}
