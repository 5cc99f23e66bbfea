/** What a screen shows while it waits, when there is nothing, and when the server said no: always with a next step. */
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useSay } from '../say.ts';
import { wordsOf } from '../refusal.ts';
import { Icon, type IconName } from './icons.tsx';

export function Waiting({ rows = 4 }: { rows?: number }): ReactNode {
  const t = useSay();
  return (
    <div role="status" aria-label={t('shell.loading')}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

interface NothingProps {
  title: string;
  next: string;
  icon?: IconName;
  action?: ReactNode;
}
export function Nothing({ title, next, icon = 'layers', action }: NothingProps): ReactNode {
  return (
    <div className="hq-nothing">
      <Icon name={icon} size={32} />
      <p className="hq-nothing-title">{title}</p>
      <p>{next}</p>
      {action}
    </div>
  );
}

/** A refused or failed request: what happened, what to do, and the number to give to those who look into it. */
export function Trouble({
  error,
  retry,
}: {
  error: Error;
  retry?: (() => unknown) | undefined;
}): ReactNode {
  const t = useSay();
  const { title, remedy, instance } = wordsOf(error, t);
  return (
    <div className="hq-trouble" role="alert">
      <Icon name="alert" size={22} />
      <div>
        <p className="hq-nothing-title">{title}</p>
        <p>{remedy}</p>
        {instance && <code>{instance}</code>}
      </div>
      {retry && <Button onClick={() => void retry()}>{t('shell.retry')}</Button>}
    </div>
  );
}
