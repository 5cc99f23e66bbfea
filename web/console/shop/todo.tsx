/** What waits for this shop in auctions: money to pay, an envelope to open, a lead that was lost. Nothing when nothing does. */
import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Countdown } from '../../kit/time.tsx';
import type { AuctionStanding } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { useSay } from '../say.ts';
import { placeOf } from './auctions.tsx';

const EVERY_MS = 15_000;
const WAITS: ReadonlySet<string> = new Set([
  'auction.my.toPay',
  'auction.my.toOpen',
  'auction.my.outbid',
]);

export function Todo({ id }: { id: string }): ReactNode {
  const mine = useAsk('GET /v1/recyclers/:id/auctions', { params: { id } }, { everyMs: EVERY_MS });
  const waiting = mine.data?.items.filter((one) => WAITS.has(placeOf(one)[1])) ?? [];
  return waiting.map((one) => <Waits key={one.auction.id} id={id} of={one} />);
}

function Waits({ id, of }: { id: string; of: AuctionStanding }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { auction } = of;
  const until = auction.state === 'open' ? auction.endsAt : auction.dueAt;
  return (
    <Alert
      type="warning"
      showIcon
      className="co-gap"
      title={
        <>
          {t(placeOf(of)[1] as 'auction.my.won')} · {pick(auction.productName)}{' '}
          {until && <Countdown until={until} />}
        </>
      }
      action={
        <Link to="/shops/$id/auctions/$auctionId" params={{ id, auctionId: auction.id }}>
          {t('auction.look')}
        </Link>
      }
    />
  );
}
