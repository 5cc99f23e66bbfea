/** One offer: what it is, what it costs, and the two signatures that buy it. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { Moment, Money, Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { ask, useSession } from '../session.ts';
import { useTexts } from '../texts.ts';
import { NeedWallet } from './cards.tsx';
import { DeliveryEntry } from './delivery-bid.tsx';
import { type Chain, type Offer, useOffer, useWallets } from './house.ts';
import { signPurchase } from './offer-sign.ts';
import { useOfferWords } from './offer-texts.ts';
import { ReissueProgress } from './reissue.tsx';
import { useReissueWords } from './reissue-texts.ts';
import { short } from './sign.tsx';
import { useSigning } from './signing.ts';
import { isStopped, Stopped } from './stopped.tsx';
import { type PlainWord, useWords } from './texts.ts';
import { ToCard } from './to-card.tsx';
import { WithdrawForGood } from './withdraw.tsx';

export function OfferPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useWords();
  const pick = usePick();
  const offer = useOffer(id);
  if (offer.error) return <Refusal of={offer.error} onRetry={() => void offer.refetch()} />;
  if (!offer.data) return <Skeleton lines={6} />;
  const one = offer.data;
  return (
    <>
      <section className="panel stack" data-testid="offer" data-state={one.state}>
        <h1>{pick(one.token.product)}</h1>
        <p>
          <Money fen={one.priceFen} size="l" />{' '}
          <span className="tag">{t(`order_${one.state}` as PlainWord)}</span>
        </p>
        <dl className="facts">
          <div>
            <dt>{t('face')}</dt>
            <dd>{yuanText(one.token.faceFen)}</dd>
          </div>
          {one.token.balanceFen && (
            <div>
              <dt>{t('verified')}</dt>
              <dd>{yuanText(one.token.balanceFen)}</dd>
            </div>
          )}
          <div>
            <dt>{t('offeredBy')}</dt>
            <dd>{one.mine ? t('ownerMe') : short(one.seller)}</dd>
          </div>
          {one.state === 'open' && (
            <div>
              <dt>{t('f_deadline')}</dt>
              <dd>
                <Moment at={one.deadline} form="minute" />
              </dd>
            </div>
          )}
          <div>
            <dt>{t('f_delivery')}</dt>
            <dd>{t(`v_${one.delivery}`)}</dd>
          </div>
        </dl>
      </section>
      <ReissueProgress offer={one} />
      {one.state === 'open' && <Stopped token={one.token} />}
      {one.state === 'open' &&
        !isStopped(one.token) &&
        (one.mine ? <Cancel offer={one} /> : <Buy offer={one} chain={chain} />)}
      {one.state === 'open' && !isStopped(one.token) && <DeliveryEntry token={one.token} />}
      {one.state === 'open' && !one.mine && !isStopped(one.token) && <BidEntry token={one.token} />}
      {one.mine && !one.reissue && <WithdrawForGood offer={one} chain={chain} />}
      {one.state === 'filled' && one.taken && !one.reissue && (
        <ToCard id={one.token.id}>{t('toCard')}</ToCard>
      )}
    </>
  );
}

/** Another price than the asked one. */
function BidEntry({ token }: { token: Offer['token'] }): React.ReactNode {
  const t = useOfferWords();
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: `cards/${token.id}` }}
      className="hq-button hq-button-quiet"
      data-testid="to-bid"
    >
      {t('toBid')}
    </Link>
  );
}

function Cancel({ offer }: { offer: Offer }): React.ReactNode {
  const t = useWords();
  const queries = useQueryClient();
  const cancel = useAct('POST /v1/exchange/listings/:id/cancel', () => {
    void queries.invalidateQueries({ queryKey: ['exchange-offer', offer.id] });
  });
  return (
    <>
      {cancel.error && <Refusal of={cancel.error} />}
      <Do
        tone="quiet"
        busy={cancel.isPending}
        testId="cancel"
        onClick={() => cancel.mutate({ params: { id: offer.id }, body: {} })}
      >
        {t('cancel')}
      </Do>
    </>
  );
}

function Buy({ offer, chain }: { offer: Offer; chain: Chain }): React.ReactNode {
  const t = useWords();
  const say = useReissueWords();
  const texts = useTexts();
  const session = useSession();
  const wallets = useWallets();
  const queries = useQueryClient();
  const [wallet] = wallets.data ?? [];
  const sign = useSigning({ chain, wallet }, async (by) => {
    const body = await signPurchase(by, offer);
    await call('POST /v1/exchange/listings/:id/buy', { params: { id: offer.id }, body });
    await queries.invalidateQueries({ queryKey: ['exchange-offer', offer.id] });
    return 'again';
  });
  if (session.stranger)
    return (
      <Do testId="sign-in" onClick={() => void ask('sign_in')}>
        {texts('signIn')}
      </Do>
    );
  if (wallets.data && !wallet) return <NeedWallet />;
  return (
    <section className="panel form">
      <p className="fine">{offer.delivery === 'reissue' ? say('buySay') : t('buySay')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do busy={sign.busy} disabled={!wallet} testId="buy" onClick={sign.run}>
        {t('buy')} · {yuanText(offer.priceFen)}
      </Do>
    </section>
  );
}
