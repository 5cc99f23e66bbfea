/** A card that nobody may trade now: why, and what comes next. */
import { Notice } from '../../kit/index.ts';
import type { Token } from './house.ts';
import { useStopped } from './stopped-texts.ts';

const WHY = {
  ISSUER_STOLEN: 'whyStolen',
  ISSUER_USED: 'whyUsed',
  ISSUER_BLOCKED: 'whyBlocked',
  WRONG_DELIVERY: 'whyDelivery',
  BUYER_NOT_ADMITTED: 'whyNotAdmitted',
  ISSUER_SILENT: 'whySilent',
} as const;
const whyOf = (reason = '') => (reason in WHY ? WHY[reason as keyof typeof WHY] : 'whyLooked');

export const isStopped = ({ state, holding }: Token): boolean =>
  state === 'frozen' || (state === 'on_chain' && holding === 'FROZEN');

export function Stopped({ token }: { token: Token }): React.ReactNode {
  const t = useStopped();
  if (!isStopped(token)) return null;
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
