/** A sale by re-issue, as either side sees it: where it stands, what happens next, what the money did. */
import { Choices, Moment, Notice, Steps } from '../../kit/index.ts';
import { Fact } from '../fact.tsx';
import type { Offer } from './house.ts';
import { type ReissueWord, useReissueWords } from './reissue-texts.ts';
import { ToCard } from './to-card.tsx';

export type Delivery = Offer['delivery'];
type Reissue = NonNullable<Offer['reissue']>;

/** How the buyer is to get the secret, for a card whose issuer can give it a new one. */
export function Modes(props: {
  value: Delivery;
  onChange: (value: Delivery) => void;
}): React.ReactNode {
  const { value, onChange } = props;
  const t = useReissueWords();
  return (
    <>
      <Choices<Delivery>
        label={t('mode')}
        value={value}
        options={[
          { value: 'reissue', label: t('mode_reissue') },
          { value: 'vault', label: t('mode_vault') },
        ]}
        onChange={onChange}
      />
      <p className="fine" data-testid="mode-say">
        {t(`modeSay_${value}`)}
      </p>
      {value === 'vault' && <p className="fine">{t('modeWhy')}</p>}
    </>
  );
}

const GOES_BACK: ReadonlySet<string> = new Set([
  ...['waiting', 'refunding', 'refunded', 'stuck', 'unresolved', 'shelved'],
]);
const OPEN: ReadonlySet<string> = new Set(['asking', 'confirming', 'waiting']);
const GOOD: ReadonlySet<string> = new Set(['sold', 'refunded']);
const OVER: ReadonlySet<string> = new Set(['sold', 'refunded', 'unresolved', 'shelved']);
const BAD: ReadonlySet<string> = new Set(['kept', 'stuck', 'unresolved', 'shelved']);
const toneOf = (state: string) =>
  GOOD.has(state) ? 'good' : BAD.has(state) ? 'warn' : ('info' as const);

export function ReissueProgress({ offer }: { offer: Offer }): React.ReactNode {
  const t = useReissueWords();
  const { reissue: one, mine, token } = offer;
  if (!one) return null;
  const side = mine ? 'seller' : 'buyer';
  const isOver = OVER.has(one.state);
  const isHis = one.state === 'sold' ? offer.taken : mine;
  return (
    <>
      <section
        className="panel"
        data-testid="reissue"
        data-state={one.state}
        aria-label={t('steps')}
      >
        <h2>{t('steps')}</h2>
        <Way of={one} sold={isSold(one, offer.state)} />
        <dl className="facts">
          {OPEN.has(one.state) && (
            <Fact name={t('until')}>
              <Moment at={one.until} form="minute" />
            </Fact>
          )}
          {GOES_BACK.has(one.state) && !isSold(one, offer.state) && one.reason && (
            <Fact name={t('because')}>{t(whyOf(one.reason))}</Fact>
          )}
        </dl>
      </section>
      <Notice tone={toneOf(one.state)} icon={BAD.has(one.state) ? 'warn' : 'shield'}>
        <p data-testid="reissue-say">{t(sayOf(one, side, offer.state))}</p>
        {mine && GOES_BACK.has(one.state) && one.reason?.startsWith('REISSUED_') && (
          <p>{t('seller_renewed')}</p>
        )}
      </Notice>
      {isOver && isHis && <ToCard id={token.id}>{t('toCard')}</ToCard>}
    </>
  );
}

/** Sold, though the new secret has not come here yet, is another thing than paid back. */
const isSold = (one: Reissue, order: string): boolean =>
  order === 'filled' && ['resolving', 'unresolved', 'shelved'].includes(one.state);
function sayOf(one: Reissue, side: 'seller' | 'buyer', order: string): ReissueWord {
  if (!isSold(one, order)) return `${side}_${one.state}` as ReissueWord;
  if (one.state === 'resolving') return 'resolvingSold';
  return side === 'buyer' ? 'unresolvedSold' : 'seller_kept';
}

function Way({ of, sold }: { of: Reissue; sold: boolean }): React.ReactNode {
  const t = useReissueWords();
  const back = (GOES_BACK.has(of.state) || of.state === 'resolving') && !sold;
  const steps = [
    { key: 'paid', label: t('stepPaid'), at: of.paidAt },
    ...(back ? [] : [{ key: 'renewed', label: t('stepRenewed'), at: of.renewedAt ?? of.endedAt }]),
    { key: 'ended', label: t(back ? 'stepBack' : 'stepSold'), at: of.endedAt },
  ];
  const now = steps.find(({ at }) => at === undefined)?.key;
  return <Steps label={t('steps')} now={now} steps={steps} stopped={BAD.has(of.state)} />;
}

const WHY: Readonly<Record<string, ReissueWord>> = {
  NO_ANSWER: 'why_silent',
  REISSUED_UNSIGNED: 'why_word',
  REISSUED_OTHER: 'why_word',
  REISSUED_SHORT: 'why_short',
  CARD_STOPPED: 'why_stopped',
};
/** The four bytes of a contract's own no, or a code of the issuer's. */
const whyOf = (reason: string): ReissueWord =>
  WHY[reason] ?? (reason.startsWith('0x') || reason === 'reverted' ? 'why_chain' : 'why_refused');
