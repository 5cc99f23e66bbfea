/** A payout that waits a little: until when, what to do meanwhile, and what to beware of. Says nothing about anybody. */
import { serverNow } from '../api.ts';
import { Icon, Notice, useMoment } from '../kit/index.ts';
import { Do } from './act.tsx';
import { useTexts } from './texts.ts';

export function PayoutCheck({
  check,
  paid,
  busy,
  prove,
}: {
  check: { until: string; proved: boolean };
  paid: boolean;
  busy: boolean;
  prove: () => void;
}): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  if (paid) return null;
  const waits = !check.proved && Date.parse(check.until) > serverNow();
  return (
    <div data-testid="payout-check" data-proved={check.proved}>
      <Notice tone="warn" icon="shield" title={t('checkTitle')}>
        <p>
          {waits
            ? t('checkSay', { at: moment(check.until, 'minute') })
            : t(check.proved ? 'checkProved' : 'checkOver')}
        </p>
        <p>
          <Icon name="warn" size={16} /> {t('checkBeware')}
        </p>
      </Notice>
      {waits && (
        <Do onClick={prove} busy={busy} testId="prove-payout">
          {t('checkProve')}
        </Do>
      )}
    </div>
  );
}
