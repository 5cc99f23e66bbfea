/** An address that leads nowhere, and a screen that broke: both with a way on. */

import type { ReactNode } from 'react';
import { Empty, Refusal } from '../../kit/states.tsx';
import { Link } from '../link.tsx';
import { Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';

export function LostScreen(): ReactNode {
  const t = useSay();
  return (
    <Screen title={t('shell.lost')}>
      <Empty title={t('shell.lostNext')}>
        <Link to="/">{t('nav.overview')}</Link>
      </Empty>
    </Screen>
  );
}

/** Our own mistake: the rest of the console keeps working. */
export function BrokenScreen({ error, reset }: { error: unknown; reset: () => void }): ReactNode {
  return <Refusal of={error} onRetry={reset} />;
}
