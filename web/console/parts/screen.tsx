/** The frame of a screen: heading, what it is for, its actions; and the panels inside it. */
import { type ReactNode, useEffect, useId } from 'react';
import { useSay } from '../say.ts';

interface ScreenProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Screen({ title, lead, actions, children }: ScreenProps): ReactNode {
  const t = useSay();
  useEffect(() => {
    document.title = `${title} · ${t('shell.product')}`;
  }, [title, t]);
  return (
    <>
      <header className="co-screen-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="co-lead">{lead}</p>}
        </div>
        {actions && <div className="co-actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface PanelProps {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, note, actions, className, children }: PanelProps): ReactNode {
  const id = useId();
  return (
    <section className={`co-panel ${className ?? ''}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions && <div className="co-actions">{actions}</div>}
      </header>
      {note && <p className="co-note">{note}</p>}
      {children}
    </section>
  );
}

/** Facts as label and value, two columns on a desk, one on a phone. */
export function Facts({ of }: { of: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className="co-facts">
      {of.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
