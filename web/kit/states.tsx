/** What a screen shows when it has nothing to show yet, nothing at all, or a "no": skeleton, empty, refusal, offline. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { ApiProblem } from '../api.ts';
import { Icon, type IconName } from './icons.tsx';
import { useKitTexts } from './language.tsx';

export function Skeleton({
  lines = 3,
  tall = false,
}: {
  lines?: number;
  tall?: boolean;
}): React.ReactNode {
  const t = useKitTexts();
  return (
    <div className="hq-skeleton" role="status" data-tall={tall}>
      <span className="hq-unseen">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity and never move
        <span key={line} aria-hidden="true" />
      ))}
    </div>
  );
}

interface EmptyProps {
  icon?: IconName;
  title: string;
  say?: string;
  children?: React.ReactNode;
}

export function Empty({ icon = 'info', title, say, children }: EmptyProps): React.ReactNode {
  return (
    <section className="hq-empty" data-testid="empty">
      <span className="hq-empty-icon">
        <Icon name={icon} size={32} />
      </span>
      <h2>{title}</h2>
      {say && <p>{say}</p>}
      {children && <div className="hq-empty-acts">{children}</div>}
    </section>
  );
}

/** Title and remedy of whatever went wrong, in words for people. */
export function useProblemWords(): (error: unknown) => { title: string; remedy: string } {
  const t = useKitTexts();
  return (error) => {
    if (!(error instanceof ApiProblem))
      return { title: t('unknownTitle'), remedy: t('unknownRemedy') };
    const { code, title, remedy } = error.problem;
    if (code === 'network') return { title: t('networkTitle'), remedy: t('networkRemedy') };
    return { title: title || t('unknownTitle'), remedy: remedy ?? t('unknownRemedy') };
  };
}

interface RefusalProps {
  of: unknown;
  onRetry?: (() => void) | undefined;
  /** Names of the fields of this form by their path, e.g. `/idNumber`. */
  fieldNames?: Record<string, string>;
  children?: React.ReactNode;
}

/** A "no" that says what happened, what to do now, and takes the focus so that nobody misses it. */
export function Refusal({ of, onRetry, fieldNames, children }: RefusalProps): React.ReactNode {
  const t = useKitTexts();
  const words = useProblemWords()(of);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (of) box.current?.scrollIntoView({ block: 'nearest' });
  }, [of]);
  const problem = of instanceof ApiProblem ? of.problem : undefined;
  const severe = !problem || problem.status >= 500 || problem.code === 'network';
  // The same question gets the same "no": only what may change is worth asking again.
  const retry = severe || problem?.status === 409 || problem?.status === 429 ? onRetry : undefined;
  return (
    <div
      ref={box}
      role="alert"
      className="hq-refusal"
      data-severe={severe}
      data-testid="refusal"
      data-code={problem?.code ?? 'internal'}
    >
      <Icon name={problem?.code === 'network' ? 'offline' : 'warn'} />
      <div>
        <p className="hq-refusal-title">{words.title}</p>
        <p>{words.remedy}</p>
        {problem?.fields && problem.fields.length > 0 && (
          <ul className="hq-refusal-fields">
            {problem.fields.map(({ path, message }) => (
              <li key={path + message}>
                {fieldNames?.[path.replace(/^body/, '')] ?? path.replace(/^body\//, '')}
                {` · ${message}`}
              </li>
            ))}
          </ul>
        )}
        {severe && problem?.instance && (
          <p className="hq-refusal-id">
            {t('details')} <code>{problem.instance}</code>
          </p>
        )}
        {(retry || children) && (
          <div className="hq-refusal-acts">
            {retry && (
              <button type="button" className="hq-button hq-button-quiet" onClick={retry}>
                {t('retry')}
              </button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  );
}

const watchNet = (changed: () => void): (() => void) => {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
};
export const useOnline = (): boolean => useSyncExternalStore(watchNet, () => navigator.onLine);

export function OfflineBar(): React.ReactNode {
  const online = useOnline();
  const t = useKitTexts();
  return (
    <div role="status" className="hq-offline-slot">
      {!online && (
        <p className="hq-offline">
          <Icon name="offline" size={18} /> {t('offline')}
        </p>
      )}
    </div>
  );
}

interface NoticeProps {
  tone: 'info' | 'good' | 'warn' | 'seal';
  icon?: IconName;
  title?: string;
  children: React.ReactNode;
}

/** A calm box for something worth knowing; not an error. */
export function Notice({ tone, icon = 'info', title, children }: NoticeProps): React.ReactNode {
  return (
    <div className="hq-notice" data-tone={tone}>
      <Icon name={icon} size={20} />
      <div>
        {title && <p className="hq-notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
