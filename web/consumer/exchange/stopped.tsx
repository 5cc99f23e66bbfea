/** A card that nobody may trade now: why, and what comes next. */
import { Moment, Notice } from '../../kit/index.ts';
import type { Token } from './house.ts';
import { useStopped } from './stopped-texts.ts';

const WHY = {
  ISSUER_STOLEN: 'whyStolen',
  ISSUER_USED: 'whyUsed',
  ISSUER_BLOCKED: 'whyBlocked',
  WRONG_DELIVERY: 'whyDelivery',
  BUYER_NOT_ADMITTED: 'whyNotAdmitted',
  ISSUER_SILENT: 'whySilent',
  LOCK_LAPSED: 'whyLapsed',
} as const;
const whyOf = (reason = '') => (reason in WHY ? WHY[reason as keyof typeof WHY] : 'whyLooked');

export const isStopped = ({ state, holding }: Token): boolean =>
  state === 'frozen' || (state === 'on_chain' && holding === 'FROZEN');

export function Stopped({ token }: { token: Token }): React.ReactNode {
  const t = useStopped();
  if (!isStopped(token)) return <LockEnds token={token} />;
  if (token.state === 'on_chain')
    return (
      <Notice tone="info" icon="clock">
        <p data-testid="freed">{t('freed')}</p>
      </Notice>
    );
  return (
    <Notice tone="warn" icon="lock" title={t('title')}>
      <p data-testid="stopped">{t(whyOf(token.reason))}</p>
      <p>{t('meanwhile')}</p>
      <p>{t(token.mine ? 'mine' : 'other')}</p>
      {token.holding !== 'FROZEN' && <p className="fine">{t('soon')}</p>}
    </Notice>
  );
}

/** Its issuer locks it no longer: whoever brought it could spend it then. */
function LockEnds({ token }: { token: Token }): React.ReactNode {
  const t = useStopped();
  if (token.lockEndsAt === undefined || token.state !== 'on_chain') return null;
  return (
    <Notice tone="warn" icon="clock" title={t('ends')}>
      <p data-testid="lock-ends">
        {t('endsWhen')}
        <strong>
          <Moment at={token.lockEndsAt} form="minute" />
        </strong>
      </p>
      <p>{t('endsThen')}</p>
      <p>{t('endsWhat')}</p>
    </Notice>
  );
}
