/** What a viewer does in an auction on the chain: bid, buy, or take one's own terms down. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  Confirm,
  Field,
  fenFromYuan,
  Notice,
  Refusal,
  useNow,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { ask, useSession } from '../session.ts';
import { useTexts } from '../texts.ts';
import { useFallingPrice } from './auction-price.ts';
import { SealedActs } from './auction-sealed.tsx';
import { type Auction, dutchTermsOf, sendBid, sendTake } from './auction-sign.ts';
import { useAuctionWords } from './auction-texts.ts';
import { NeedWallet } from './cards.tsx';
import { type Chain, useWallets, type Wallet } from './house.ts';
import { useSigning } from './signing.ts';

const MS_A_SECOND = 1000;

interface Props {
  readonly one: Auction;
  readonly chain: Chain;
}

export function AuctionActs({ one, chain }: Props): React.ReactNode {
  const texts = useTexts();
  const session = useSession();
  const wallets = useWallets();
  const { state } = one;
  if (state !== 'offered' && state !== 'running') return null;
  if (one.mine) return state === 'offered' && one.kind !== 'sealed' ? <Cancel one={one} /> : null;
  if (session.stranger)
    return (
      <Do testId="sign-in" onClick={() => void ask('sign_in')}>
        {texts('signIn')}
      </Do>
    );
  if (!wallets.data) return null;
  const own = one.bids.find(({ mine }) => mine);
  const wallet = wallets.data.find(({ address }) => address === own?.bidder) ?? wallets.data[0];
  if (!wallet) return <NeedWallet />;
  if (one.kind === 'dutch') return <Take one={one} chain={chain} wallet={wallet} />;
  if (one.kind === 'sealed')
    return <SealedActs key={own?.bidder} one={one} chain={chain} wallet={wallet} />;
  // A new bid makes a new form: the least has changed, and what was on its way has come.
  return <BidForm key={one.bids.length} one={one} chain={chain} wallet={wallet} />;
}

function BidForm({ one, chain, wallet }: Props & { wallet: Wallet }): React.ReactNode {
  const t = useAuctionWords();
  const leastFen = one.nextFen ?? one.startFen;
  const [amount, setAmount] = useState(yuanInput(leastFen));
  const amountFen = fenFromYuan(amount);
  const low = amountFen !== undefined && BigInt(amountFen) < BigInt(leastFen);
  const short = amountFen !== undefined && BigInt(amountFen) > BigInt(wallet.balanceFen);
  const send = useSigning({ chain, wallet }, async (by) => {
    if (!amountFen) return 'again';
    await sendBid(by, { one, amountFen });
    return 'sent';
  });
  const least = t('bidLeast', { sum: yuanText(leastFen) });
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        send.run();
      }}
    >
      <p className="fine">{t('bidSay')}</p>
      <Field
        label={t('bidAmount')}
        value={amount}
        onChange={setAmount}
        inputMode="decimal"
        hint={least}
        error={
          low ? least : short ? t('bidShort', { sum: yuanText(wallet.balanceFen) }) : undefined
        }
        data-testid="chain-bid-amount"
        required
      />
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do submit busy={send.busy} disabled={!amountFen || low || short} testId="chain-bid">
        {send.sent ? t('working') : `${t('bid')} · ${amountFen ? yuanText(amountFen) : ''}`}
      </Do>
    </form>
  );
}

/** At the price of the second in which the purchase is mined. */
function Take({ one, chain, wallet }: Props & { wallet: Wallet }): React.ReactNode {
  const t = useAuctionWords();
  const price = useFallingPrice(one);
  const now = useNow();
  const send = useSigning({ chain, wallet }, async (by) => {
    await sendTake(by, one);
    return 'sent';
  });
  if (now < dutchTermsOf(one).startsAt * MS_A_SECOND) return <p className="fine">{t('takeNot')}</p>;
  const short = price > BigInt(wallet.balanceFen);
  return (
    <section className="panel form">
      <p className="fine">{t('takeSay')}</p>
      {short && (
        <Notice tone="warn" icon="warn">
          {t('takeShort', { sum: yuanText(wallet.balanceFen) })}
        </Notice>
      )}
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do busy={send.busy} disabled={short} testId="chain-take" onClick={send.run}>
        {send.sent ? t('working') : `${t('take')} · ${yuanText(String(price))}`}
      </Do>
    </section>
  );
}

function Cancel({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const cancel = useAct('POST /v1/exchange/auctions/:id/cancel', (next) =>
    queries.setQueryData(['exchange-auction', one.id], next),
  );
  return (
    <>
      {cancel.error && <Refusal of={cancel.error} />}
      <Do tone="quiet" busy={cancel.isPending} testId="cancel" onClick={() => setSure(true)}>
        {t('cancel')}
      </Do>
      <Confirm
        open={sure}
        danger
        onClose={() => setSure(false)}
        onConfirm={() => {
          setSure(false);
          cancel.mutate({ params: { id: one.id }, body: {} });
        }}
        title={t('cancel')}
        say={t('cancelSay')}
        act={t('cancel')}
      />
    </>
  );
}
