/** An offer withdrawn for good: the owner's wallet raises the card's number, so that no copied signature fills any more. */
import { encodeFunctionData, parseAbi } from 'viem';
import { Notice, Refusal } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { type Chain, type Offer, useWallets } from './house.ts';
import { sendOwn } from './own.ts';
import { confirmWords } from './sign.tsx';
import { useSigning } from './signing.ts';
import { useWords } from './texts.ts';

const CANCEL = parseAbi(['function cancelAll(uint256 cardId)']);
/** States in which the house sends nothing, but whoever has a copy of the signature still could. */
const STILL_SIGNED = ['open', 'offered', 'cancelled', 'lapsed'];
/** What of an offer, or of an auction's terms, is asked about. */
type Promised = Pick<Offer, 'token' | 'seller' | 'nonce' | 'state'>;

export function WithdrawForGood(props: { offer: Promised; chain: Chain }): React.ReactNode {
  const { offer, chain } = props;
  const t = useWords();
  const wallets = useWallets();
  const { token } = offer;
  const wallet = wallets.data?.find(({ address }) => address === offer.seller);
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!token.tokenId) return 'again';
    const cardId = BigInt(token.tokenId);
    const { id: chainId, exchange: contract } = chain;
    await confirmWords({ what: 'cancelAll', fields: { cardId }, chainId, contract });
    const data = encodeFunctionData({ abi: CANCEL, functionName: 'cancelAll', args: [cardId] });
    await sendOwn(by, data);
    return 'sent';
  });
  if (token.owner !== offer.seller || !wallet) return null;
  if (token.nonce !== offer.nonce)
    return (
      <Notice tone="good" icon="check">
        <span data-testid="withdrawn">{t('withdrawn')}</span>
      </Notice>
    );
  if (!STILL_SIGNED.includes(offer.state) || token.holding !== 'ACTIVE') return null;
  return (
    <section className="panel form">
      <p className="fine">{t('withdrawSay')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do tone="quiet" busy={sign.busy} testId="withdraw" onClick={sign.run}>
        {sign.sent ? t('withdrawing') : t('withdraw')}
      </Do>
    </section>
  );
}
