/** Several offers bought at once: chosen, priced by the house, one permit and one transaction, all of them or none. */
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import { Check, Empty, Notice, Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { NeedWallet } from './cards.tsx';
import {
  type Chain,
  type Offer,
  offerQuery,
  useOffers,
  useSent,
  useWallets,
  type Wallet,
} from './house.ts';
import { buyBasket } from './offer-sign.ts';
import { useOfferWords } from './offer-texts.ts';
import { useSigning } from './signing.ts';

/** As many as one transaction carries. */
const CARDS_MAX = 5;

/** Somebody else's, and sold at once: where an issuer has to be waited for, each card is a sale of its own. */
const isForBaskets = ({ mine, delivery }: Offer): boolean => !mine && delivery === 'vault';

/** The way to the basket, where there is more than one offer to choose. */
export function BasketEntry({ offers }: { offers: readonly Offer[] }): React.ReactNode {
  const t = useOfferWords();
  if (offers.filter(isForBaskets).length < 2) return null;
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: 'basket/choose' }}
      className="hq-button hq-button-quiet"
      data-testid="to-basket"
    >
      {t('basket')}
    </Link>
  );
}

export function BasketPage({ chain }: { chain: Chain }): React.ReactNode {
  const offers = useOffers();
  const wallets = useWallets();
  if (offers.error) return <Refusal of={offers.error} onRetry={() => void offers.refetch()} />;
  if (!offers.data || !wallets.data) return <Skeleton lines={6} />;
  const [wallet] = wallets.data;
  if (!wallet) return <NeedWallet />;
  const others = offers.data.filter(isForBaskets);
  return <Choose offers={others} chain={chain} wallet={wallet} />;
}

function Choose(props: {
  offers: readonly Offer[];
  chain: Chain;
  wallet: Wallet;
}): React.ReactNode {
  const { offers, chain, wallet } = props;
  const t = useOfferWords();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [gone, setGone] = useState(0);
  const [sent, setSent] = useState<{ id: string | undefined; listings: readonly string[] }>();
  const sign = useSigning({ chain, wallet }, async (by) => {
    const body = { walletId: wallet.id, listings: [...chosen] };
    const basket = await call('POST /v1/exchange/basket', { body });
    setGone(basket.gone.length);
    // What is left is shown first: nobody buys less than was chosen without having seen it.
    if (basket.gone.length > 0) {
      setChosen(basket.items.map(({ id }) => id));
      return 'again';
    }
    const id = await buyBasket(by, basket);
    setSent({ id, listings: basket.items.map((one) => one.id) });
    return 'again';
  });
  const picked = offers.filter(({ id }) => chosen.includes(id));
  const total = picked.reduce((sum, one) => sum + BigInt(one.priceFen), 0n);
  if (sent) return <Outcome {...sent} again={() => setSent(undefined)} />;
  return (
    <section className="panel form" data-testid="basket">
      <h1>{t('basket')}</h1>
      <p>{t('basketSay', { n: CARDS_MAX })}</p>
      {gone > 0 && (
        <Notice tone="warn" icon="warn">
          <span data-testid="basket-gone">{t('basketGone', { n: gone })}</span>
        </Notice>
      )}
      {offers.length === 0 && (
        <Empty icon="shop" title={t('basketNone')} say={t('basketNoneSay')}>
          <BackToOffers />
        </Empty>
      )}
      <Picks offers={offers} chosen={chosen} onChange={setChosen} />
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do busy={sign.busy} disabled={picked.length === 0} testId="basket-buy" onClick={sign.run}>
        {t('basketBuy', { n: picked.length, sum: yuanText(String(total)) })}
      </Do>
    </section>
  );
}

function Picks(props: {
  offers: readonly Offer[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}): React.ReactNode {
  const { offers, chosen, onChange } = props;
  const pick = usePick();
  return offers.map((one) => {
    const is = chosen.includes(one.id);
    return (
      <Check
        key={one.id}
        checked={is}
        testId={`pick-${one.token.last4}`}
        onChange={(yes) => {
          if (!yes) onChange(chosen.filter((id) => id !== one.id));
          else if (chosen.length < CARDS_MAX) onChange([...chosen, one.id]);
        }}
      >
        {pick(one.token.product)} · {yuanText(one.token.faceFen)} → {yuanText(one.priceFen)}
      </Check>
    );
  });
}

const FAILED: readonly string[] = ['reverted', 'refused', 'lost'];
const OVER: readonly string[] = ['filled', 'void', 'lapsed'];

type Outcome = 'waiting' | 'mined' | 'failed';

/** Told by the cards, whoever sent the transaction: they are all mine, or one of them can never be. */
function outcomeOf(offers: readonly (Offer | undefined)[]): Outcome {
  if (offers.every((one) => one?.token.mine)) return 'mined';
  const missed = offers.some((one) => one && OVER.includes(one.state) && !one.taken);
  return missed ? 'failed' : 'waiting';
}

/** What became of the transaction; one that the house passed on may also fail without a word from the cards. */
function Outcome(props: {
  id: string | undefined;
  listings: readonly string[];
  again: () => void;
}): React.ReactNode {
  const { id, listings, again } = props;
  const t = useOfferWords();
  const sent = useSent();
  const offers = useQueries({ queries: listings.map(offerQuery) });
  const passedOn = sent.data?.items.find((one) => one.id === id)?.state ?? 'waiting';
  const state = FAILED.includes(passedOn) ? 'failed' : outcomeOf(offers.map(({ data }) => data));
  const word = { waiting: 'basketSent', mined: 'basketDone', failed: 'basketFailed' } as const;
  const byItself = id === undefined && state === 'waiting';
  return (
    <section className="panel form" data-testid="basket-outcome" data-state={state}>
      <h1>{t('basket')}</h1>
      <p>{t(word[state], { n: listings.length })}</p>
      {byItself && <p className="fine">{t('basketByItself')}</p>}
      {state !== 'failed' && (
        <Link
          to="/exchange/$"
          params={{ _splat: 'cards' }}
          className="hq-button"
          data-testid="to-assets"
        >
          {t('toAssets')}
        </Link>
      )}
      {(state === 'failed' || byItself) && (
        <Do tone={byItself ? 'quiet' : 'primary'} testId="basket-again" onClick={again}>
          {t('basketAgain')}
        </Do>
      )}
    </section>
  );
}

function BackToOffers(): React.ReactNode {
  const t = useOfferWords();
  return (
    <Link to="/exchange/$" params={{ _splat: 'offers' }} className="hq-button">
      {t('toMarket')}
    </Link>
  );
}
