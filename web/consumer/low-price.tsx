/** Says so when a price is below the floor or soon better, and offers to remind. */
import { useState } from 'react';
import type { QuoteDoc } from '../api.gen.ts';
import {
  Icon,
  Notice,
  Refusal,
  toast,
  useLanguage,
  useMoment,
  usePick,
  yuanText,
} from '../kit/index.ts';
import { useAct } from './act.tsx';
import { useTexts } from './texts.ts';

export function LowPrice({ quote }: { quote: QuoteDoc }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const moment = useMoment();
  const language = useLanguage();
  const [asked, setAsked] = useState(false);
  const remind = useAct('POST /v1/quotes/:id/reminder', () => {
    setAsked(true);
    toast(t('reminded'));
  });
  const { betterSlot, belowFloor } = quote;
  if (!belowFloor && !betterSlot) return null;
  const floor = `${(quote.floorBps / 100).toFixed(0)}%`;
  const slot = betterSlot && {
    when: [moment(betterSlot.from, 'weekday'), pick(betterSlot)].join(
      language === 'zh' ? '' : ', ',
    ),
    net: yuanText(betterSlot.netFen),
    gain: yuanText(betterSlot.gainFen),
  };
  return (
    <Notice
      tone={belowFloor ? 'warn' : 'info'}
      icon={belowFloor ? 'warn' : 'trend'}
      title={belowFloor ? t('lowTitle') : t('betterTitle')}
    >
      {belowFloor && <p data-testid="below-floor">{t('lowSay', { floor })}</p>}
      {slot && <p data-testid="better-slot">{t('lowBetter', slot)}</p>}
      {slot && (
        <button
          type="button"
          className="hq-link"
          disabled={asked || remind.isPending}
          data-testid="remind"
          onClick={() => remind.mutate({ params: { id: quote.quoteId }, body: {} })}
        >
          <Icon name={asked ? 'check' : 'bell'} size={18} />
          {asked ? t('reminded') : t('remindMe')}
        </button>
      )}
      {remind.error && <Refusal of={remind.error} />}
    </Notice>
  );
}
