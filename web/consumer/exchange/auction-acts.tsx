/** What a viewer does in an auction on the chain: bid, or take one's own terms down. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Confirm, Field, fenFromYuan, Refusal, yuanInput, yuanText } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { ask, useSession } from '../session.ts';
import { useTexts } from '../texts.ts';
import { type Auction, sendBid } from './auction-sign.ts';
import { useAuctionWords } from './auction-texts.ts';
import { NeedWallet } from './cards.tsx';
import { type Chain, useWallets, type Wallet } from './house.ts';
import { useSigning } from './signing.ts';

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
  if (one.mine) return state === 'offered' ? <Cancel one={one} /> : null;
  if (session.stranger)
    return (
      <Do testId="sign-in" onClick={() => void ask('sign_in')}>
        {texts('signIn')}
      </Do>
    );
  const [wallet] = wallets.data ?? [];
  if (!wallets.data) return null;
  if (!wallet) return <NeedWallet />;
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
