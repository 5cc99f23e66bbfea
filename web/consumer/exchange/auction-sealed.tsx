/** A sealed bid on the chain: sealed and handed in with a bond, and opened by its bidder after the end. */
import { useState } from 'react';
import {
  Field,
  fenFromYuan,
  Notice,
  Refusal,
  useNow,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { enterOpening, keptOpening, newOpening, openingFile } from './auction-opening.ts';
import {
  type Auction,
  commitmentFor,
  missingFor,
  type Opening,
  sendCommit,
  sendReveal,
} from './auction-sign.ts';
import { useAuctionWords } from './auction-texts.ts';
import { EnterKept } from './enter-kept.tsx';
import type { Chain, Wallet } from './house.ts';
import { useSigning } from './signing.ts';

const MS_A_SECOND = 1000;
interface Props {
  readonly one: Auction;
  readonly chain: Chain;
  readonly wallet: Wallet;
}

export function SealedActs({ one, chain, wallet }: Props): React.ReactNode {
  const t = useAuctionWords();
  const now = useNow();
  const own = one.bids.find((bid) => bid.mine);
  const committing = now < Number(one.terms['commitUntil']) * MS_A_SECOND;
  if (one.state !== 'running') return null;
  if (!own && committing) return <HandIn one={one} chain={chain} wallet={wallet} />;
  if (!own) return <p className="fine">{t('commitOver')}</p>;
  if (own.amountFen !== undefined) return <p className="fine">{t('purseSay')}</p>;
  const of = { one, chain, wallet, commitment: own.commitment ?? '' };
  return <Open {...of} waits={committing} />;
}

/** Once handed in, the form goes by itself: the bid is among the bids then. */
function HandIn({ one, chain, wallet }: Props): React.ReactNode {
  const t = useAuctionWords();
  const [amount, setAmount] = useState(yuanInput(one.startFen));
  const [opening, setOpening] = useState<Opening>();
  const amountFen = fenFromYuan(amount);
  const low = amountFen !== undefined && BigInt(amountFen) < BigInt(one.startFen);
  const send = useSigning({ chain, wallet }, async (by) => {
    if (!opening) return 'again';
    await sendCommit(by, one, opening);
    return 'sent';
  });
  return (
    <>
      <form
        className="panel form"
        aria-labelledby="commit-1"
        onSubmit={(event) => {
          event.preventDefault();
          if (amountFen && !low) setOpening(newOpening(one, wallet.address, amountFen));
        }}
      >
        <h2 id="commit-1">{t('commit1')}</h2>
        <p className="fine">{t('commit1Say')}</p>
        {opening ? (
          <>
            <Notice tone="good" icon="lock">
              {t('commitMade', { sum: yuanText(opening.amountFen) })}
            </Notice>
            <a
              className="hq-button hq-button-quiet"
              href={openingFile(one, opening)}
              download={`huiquan-${one.id}.txt`}
              data-testid="opening-download"
            >
              {t('commitDownload')}
            </a>
          </>
        ) : (
          <>
            <Field
              label={t('bidAmount')}
              value={amount}
              onChange={setAmount}
              inputMode="decimal"
              hint={t('bidLeast', { sum: yuanText(one.startFen) })}
              error={low ? t('bidLeast', { sum: yuanText(one.startFen) }) : undefined}
              data-testid="sealed-amount"
              required
            />
            <Do submit disabled={!amountFen || low} testId="sealed-make">
              {t('commitMake')}
            </Do>
          </>
        )}
      </form>
      {opening && (
        <section className="panel form">
          <h2>{t('commit2')}</h2>
          <p className="fine">{t('commit2Say')}</p>
          {send.error !== undefined && <Refusal of={send.error} />}
          <Do busy={send.busy} testId="sealed-commit" onClick={send.run}>
            {send.sent
              ? t('working')
              : `${t('commitDo')} · ${t('bond')} ${yuanText(one.terms['bond'] ?? '0')}`}
          </Do>
        </section>
      )}
    </>
  );
}

function Open(props: Props & { commitment: string; waits: boolean }): React.ReactNode {
  const { one, chain, wallet, commitment, waits } = props;
  const t = useAuctionWords();
  const [opening, setOpening] = useState(() => {
    const kept = keptOpening(one, wallet.address);
    return kept && commitmentFor(one, wallet.address, kept) === commitment ? kept : undefined;
  });
  const send = useSigning({ chain, wallet }, async (by) => {
    if (!opening) return 'again';
    await sendReveal(by, one, opening);
    return 'sent';
  });
  if (!opening)
    return (
      <EnterOpening
        take={(text) => {
          const found = enterOpening(one, { bidder: wallet.address, commitment, text });
          setOpening(found);
          return found !== undefined;
        }}
      />
    );
  const sum = yuanText(opening.amountFen);
  const short = missingFor(one, opening, wallet.purseFreeFen) > BigInt(wallet.balanceFen);
  return (
    <section className="panel form">
      <h2>{t('reveal')}</h2>
      <p className="fine">{t(waits ? 'revealWait' : 'revealSay')}</p>
      {waits && (
        <a
          className="hq-button hq-button-quiet"
          href={openingFile(one, opening)}
          download={`huiquan-${one.id}.txt`}
        >
          {t('commitDownload')}
        </a>
      )}
      {!waits && short && (
        <Notice tone="warn" icon="warn">
          {t('revealShort', { sum: yuanText(wallet.balanceFen) })}
        </Notice>
      )}
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do busy={send.busy} disabled={waits || short} testId="sealed-reveal" onClick={send.run}>
        {send.sent ? t('working') : t('revealDo', { sum })}
      </Do>
    </section>
  );
}

function EnterOpening({ take }: { take: (text: string) => boolean }): React.ReactNode {
  const t = useAuctionWords();
  return (
    <EnterKept
      say={t('openingMissing')}
      label={t('openingField')}
      enter={t('openingEnter')}
      wrong={t('openingOther')}
      testId="opening"
      take={take}
    />
  );
}
