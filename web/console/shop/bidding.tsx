/** How a shop takes part in the open kinds: a hidden maximum, a yes to a falling price, or its standing bids. */
import { Alert, Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Chart } from '../../kit/chart.tsx';
import { fenFromYuan, Money, yuanText } from '../../kit/money.tsx';
import { Countdown, useNow } from '../../kit/time.tsx';
import type { Auction, AuctionStanding } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { Link } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { momentText } from '../parts/moment.tsx';
import { Facts, Panel } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';

interface PartProps {
  of: AuctionStanding;
  shop: string;
}

export function English({ of, shop }: PartProps): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/auctions/:auctionId/bid', t('auction.bidDone'));
  const [typed, setTyped] = useState('');
  const { auction, leads, maxFen } = of;
  const bidFen = fenFromYuan(typed);
  const least = BigInt(leads && maxFen ? BigInt(maxFen) + 1n : (auction.nextFen ?? '0'));
  const enough = bidFen !== undefined && BigInt(bidFen) >= least;
  const wrong = typed !== '' && !enough;
  const where = leads
    ? t('auction.youLead', { max: yuanText(maxFen ?? '0') })
    : t(auction.bids === 0 ? 'auction.nobody' : 'auction.youTrail');
  return (
    <Panel
      title={t('auction.pressTitle')}
      note={t('auction.bondSay', { bond: yuanText(auction.bondFen) })}
    >
      <p className="co-gap" aria-live="polite">
        <Mark tone={leads ? 'good' : of.bond ? 'warn' : 'idle'}>{where}</Mark>
      </p>
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          if (!enough) return;
          const params = { id: shop, auctionId: auction.id };
          void act.run({ params, body: { maxFen: bidFen } }).then((done) => done && setTyped(''));
        }}
      >
        <Field
          label={t('auction.max')}
          hint={
            leads
              ? t('auction.leastOwn', { least: yuanText(maxFen ?? '0') })
              : t('auction.least', { least: yuanText(String(least)) })
          }
        >
          <Input
            size="large"
            prefix="¥"
            inputMode="decimal"
            value={typed}
            aria-invalid={wrong}
            status={wrong ? 'error' : ''}
            onChange={({ target }) => setTyped(target.value)}
          />
        </Field>
        <Button type="primary" size="large" htmlType="submit" loading={act.busy} disabled={!enough}>
          {t('auction.bid')}
        </Button>
      </form>
    </Panel>
  );
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export function Dutch({ of: { auction }, shop }: PartProps): ReactNode {
  const t = useSay();
  const now = useNow();
  const act = useAct('POST /v1/recyclers/:id/auctions/:auctionId/yes', t('auction.yesDone'));
  const { dutch } = auction;
  if (!dutch) return null;
  const at = priceAt(auction, dutch, now);
  const price = yuanText(at.priceFen);
  const every =
    dutch.everyMs % MINUTE_MS === 0
      ? t('auction.minutes', { n: dutch.everyMs / MINUTE_MS })
      : t('auction.seconds', { n: dutch.everyMs / SECOND_MS });
  const rule = {
    ...{ start: yuanText(dutch.startFen), step: yuanText(dutch.stepFen), every },
    reserve: yuanText(auction.reserveFen),
  };
  const yes = (): Promise<boolean> =>
    act.run({
      params: { id: shop, auctionId: auction.id },
      body: { maxFen: at.priceFen, functionHash: dutch.functionHash },
    });
  return (
    <Panel title={t('auction.pressTitle')} note={t('auction.falls', rule)}>
      <p className="co-price" aria-live="polite">
        <Money fen={at.priceFen} size="xl" />
      </p>
      <p className="co-gap">
        {at.next ? (
          <Countdown
            key={at.next.at}
            until={new Date(at.next.at).toISOString()}
            label={t('auction.fallsTo', { price: yuanText(at.next.priceFen) })}
          />
        ) : (
          t('auction.atReserve')
        )}
      </p>
      <AskedButton
        type="primary"
        size="large"
        loading={act.busy}
        label={t('auction.yes', { price })}
        sure={<p>{t('auction.yesSure', { price })}</p>}
        calm
        act={yes}
      />
      <Fall of={auction} dutch={dutch} />
      <Facts
        of={[
          [
            t('auction.fallHash'),
            <code key="hash" className="co-break">
              {dutch.functionHash}
            </code>,
          ],
        ]}
      />
    </Panel>
  );
}

type Rule = NonNullable<Auction['dutch']>;

/** As the server reckons it, so that what is pressed is what is paid. */
function priceAt({ opensAt, reserveFen }: Auction, rule: Rule, now: number) {
  const opens = Date.parse(opensAt);
  const reserve = BigInt(reserveFen);
  const steps = Math.max(0, Math.floor((now - opens) / rule.everyMs));
  const after = (n: number): bigint => {
    const price = BigInt(rule.startFen) - BigInt(rule.stepFen) * BigInt(n);
    return price > reserve ? price : reserve;
  };
  const price = after(steps);
  return {
    priceFen: String(price),
    next:
      price > reserve
        ? { at: opens + (steps + 1) * rule.everyMs, priceFen: String(after(steps + 1)) }
        : undefined,
  };
}
const POINTS_MAX = 40;

function Fall({ of, dutch }: { of: Auction; dutch: Rule }): ReactNode {
  const t = useSay();
  const opens = Date.parse(of.opensAt);
  const span = BigInt(dutch.startFen) - BigInt(of.reserveFen);
  const steps = Number((span + BigInt(dutch.stepFen) - 1n) / BigInt(dutch.stepFen));
  const stride = Math.max(1, Math.ceil(steps / POINTS_MAX));
  const points = Array.from(
    { length: Math.floor(steps / stride) + 1 },
    (_, n) => opens + n * stride * dutch.everyMs,
  );
  return (
    <Chart
      title={t('auction.fallChart')}
      summary={t('auction.rule.dutch')}
      labels={points.map((at) => momentText(new Date(at).toISOString()).slice(11))}
      series={[
        {
          name: t('auction.price'),
          values: points.map((at) => Number(priceAt(of, dutch, at).priceFen)),
          stepped: true,
        },
      ]}
      format={(fen) => yuanText(String(Math.round(fen)))}
      height={160}
    />
  );
}

const ROUND_MS = 300_000;

export function Batch({ of, shop }: { of: Auction; shop: string }): ReactNode {
  const t = useSay();
  const now = useNow(SECOND_MS);
  const next = (Math.floor(now / ROUND_MS) + 1) * ROUND_MS;
  return (
    <Panel title={t('auction.batchAct')}>
      <p className="co-gap">
        <Countdown key={next} until={new Date(next).toISOString()} label={t('auction.nextRound')} />
      </p>
      <div className="co-actions">
        <Link to="/shops/$id/bid" params={{ id: shop }} search={{ name: of.sku }}>
          {t('auction.batchAct')}
        </Link>
        <Link to="/shops/$id/book" params={{ id: shop }} search={{ name: of.sku }}>
          {t('bid.openBook')}
        </Link>
        <Link
          to="/shops/$id/auctions"
          params={{ id: shop }}
          search={{ state: 'rounds', name: of.sku }}
        >
          {t('auction.tab.rounds')}
        </Link>
      </div>
    </Panel>
  );
}

/** For the pages of the sealed kinds too: what is lost by not opening. */
export function Losing({ bondFen }: { bondFen: string }): ReactNode {
  const t = useSay();
  return <Alert type="warning" showIcon title={t('auction.lose', { bond: yuanText(bondFen) })} />;
}
