/** An address that leads nowhere. */

import type { ReactNode } from 'react';
import { Empty } from '../../kit/states.tsx';
import { Link } from '../link.tsx';
import { useSay } from '../say.ts';

export function LostScreen(): ReactNode {
  const t = useSay();
  return (
    <Empty title={t('shell.lost')} say={t('shell.lostNext')}>
      <Link to="/">{t('nav.overview')}</Link>
    </Empty>
  );
}
