/** Only in the demo: a card to try, the bank and the messages to look at, and a clock that can be moved forward. */
import { useQueryClient } from '@tanstack/react-query';
import { moveClock } from '../api.ts';
import { Icon, Notice, Refusal, toast, useMoment } from '../kit/index.ts';
import { useAct } from './act.tsx';
import { useDemo } from './session.ts';
import { useTexts } from './texts.ts';

/** Links to the simulators and the clock. */
export function DemoPanel(): React.ReactNode {
  const t = useTexts();
  const demo = useDemo();
  if (!demo) return null;
  return (
    <Notice tone="info" icon="info" title={t('demoTitle')}>
      <p>{t('demoHint')}</p>
      <p className="demo-links">
        <a className="hq-link" href={demo.smsUrl} target="_blank" rel="noreferrer">
          {t('demoSmsOpen')}
        </a>
        <a className="hq-link" href={demo.bankUrl} target="_blank" rel="noreferrer">
          {t('demoBank')}
        </a>
        <a className="hq-link" href="/console">
          {t('demoConsole')}
        </a>
      </p>
      <Forward />
    </Notice>
  );
}

/** Where a card to try can be picked up. */
export function DemoCard({ sku }: { sku: string }): React.ReactNode {
  const t = useTexts();
  const demo = useDemo();
  if (!demo) return null;
  const address = `${demo.cardsUrl}/demo-cards?sku=${encodeURIComponent(sku)}`;
  return (
    <Notice tone="info" icon="info">
      <p>{t('demoCard')}</p>
      <a
        className="hq-link"
        href={address}
        target="_blank"
        rel="noreferrer"
        data-testid="demo-card"
      >
        {t('demoCardOpen')} <Icon name="next" size={16} />
      </a>
    </Notice>
  );
}

/** Beside something that waits for tomorrow. */
export function DemoForward(): React.ReactNode {
  const t = useTexts();
  const demo = useDemo();
  if (!demo) return null;
  return (
    <Notice tone="info" icon="clock" title={t('demoClock')}>
      <Forward />
    </Notice>
  );
}

/** Saves a newcomer from inventing numbers with the right check digits. */
export function DemoFill({ onFill, what }: { onFill: () => void; what: string }): React.ReactNode {
  const t = useTexts();
  return (
    <button type="button" className="hq-link demo-fill" data-testid="demo-fill" onClick={onFill}>
      {t('demoFill', { what })}
    </button>
  );
}

/** Only who is signed in may move the clock; a stranger is asked to sign in first. */
function Forward(): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const queries = useQueryClient();
  const forward = useAct('POST /v1/demo/forward', (demo) => {
    moveClock(demo.now);
    queries.setQueryData(['demo'], demo);
    void queries.invalidateQueries();
    toast(t('demoNow', { at: moment(demo.now, 'minute') }));
  });
  return (
    <div className="demo-links">
      <button
        type="button"
        className="hq-button hq-button-quiet"
        disabled={forward.isPending}
        data-testid="forward-hours"
        onClick={() => forward.mutate({ body: { to: 'two_hours' } })}
      >
        {t('demoHours')}
      </button>
      <button
        type="button"
        className="hq-button hq-button-quiet"
        disabled={forward.isPending}
        data-testid="forward-payout"
        onClick={() => forward.mutate({ body: { to: 'next_payout' } })}
      >
        {t('demoPayout')}
      </button>
      {forward.error && <Refusal of={forward.error} />}
    </div>
  );
}
