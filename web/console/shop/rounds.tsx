/** Rounds of the batch: one price for all, and who was filled how far; each is cleared again from its record. */
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { Money } from '../../kit/money.tsx';
import { useAsk } from '../ask.ts';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { filled } from '../search.ts';
import { useProductName } from './product-pick.tsx';
import { Proof } from './proof.tsx';

const EVERY_MS = 15_000;

export function Rounds({ shop, sku }: { shop: string; sku: string | undefined }): ReactNode {
  const t = useSay();
  const nameOf = useProductName();
  const [chosen, setChosen] = useState<string>();
  const rounds = useAsk('GET /v1/rounds', { query: filled({ sku }) }, { everyMs: EVERY_MS });
  return (
    <>
      <Listing
        caption={t('auction.tab.rounds')}
        rows={rounds.data?.items}
        error={rounds.error}
        refetch={rounds.refetch}
        rowKey={({ id }) => id}
        chosen={chosen}
        empty={{ title: t('auction.noRound'), next: t('auction.noRoundNext') }}
        columns={[
          {
            title: t('auction.card'),
            show: (round) => (
              <span className="co-twoline">
                <span>{nameOf(round.sku)}</span>
                <small>
                  <Money fen={round.faceFen} size="s" />
                </small>
              </span>
            ),
          },
          { title: t('auction.roundWhen'), show: ({ at }) => <When at={at} /> },
          {
            title: t('auction.clearing'),
            align: 'right',
            show: ({ priceFen }) =>
              priceFen ? <Money fen={priceFen} size="s" /> : t('auction.noClearing'),
          },
          {
            title: t('auction.volume'),
            align: 'right',
            show: ({ volume }) => t('auction.volumeN', { n: volume }),
          },
          {
            title: t('shell.actions'),
            show: ({ id }) => (
              <Button size="small" onClick={() => setChosen(id)}>
                {t('auction.roundBook')}
              </Button>
            ),
          },
        ]}
      />
      {chosen && <RoundPanel key={chosen} id={chosen} shop={shop} />}
    </>
  );
}

interface OrderText {
  readonly id: string;
  readonly limitFen: string;
  readonly quantity: number;
}
interface BatchClearing {
  readonly input: { readonly buys: readonly OrderText[]; readonly sells: readonly OrderText[] };
  readonly outcome: {
    readonly priceFen: string | null;
    readonly rule: 'only' | 'buyers_left' | 'sellers_left' | 'middle' | 'turn' | null;
    readonly buys: readonly { id: string; quantity: number }[];
    readonly sells: readonly { id: string; quantity: number }[];
  };
}
interface Line extends OrderText {
  readonly side: 'buy' | 'sell';
  readonly got: number;
}

function RoundPanel({ id, shop }: { id: string; shop: string }): ReactNode {
  const t = useSay();
  const replay = useAsk('GET /v1/auctions/:id/replay', { params: { id } });
  const bids = useAsk('GET /v1/recyclers/:id/bids', { params: { id: shop } });
  const own = new Set(bids.data?.items.map((bid) => bid.id));
  const found = replay.data?.items[0] as (BatchClearing & { inputHash: string }) | undefined;
  const lines = found && linesOf(found);
  const rule = found?.outcome.rule;
  return (
    <>
      <Panel title={t('auction.roundBook')}>
        {found?.outcome.priceFen && (
          <div className="co-gap">
            <Facts
              of={[
                [t('auction.clearing'), <Money key="price" fen={found.outcome.priceFen} />],
                [t('auction.rule'), rule ? t(`auction.rule.${rule}`) : '–'],
              ]}
            />
          </div>
        )}
        <Listing
          caption={t('auction.roundBook')}
          rows={lines}
          error={replay.error}
          refetch={replay.refetch}
          rowKey={(line) => line.side + line.id}
          columns={[
            { title: t('auction.side'), show: ({ side }) => t(`auction.${side}`) },
            {
              title: t('auction.limit'),
              align: 'right',
              show: ({ limitFen }) => <Money fen={limitFen} size="s" />,
            },
            {
              title: t('auction.filled'),
              align: 'right',
              show: ({ got, quantity }) => `${got} / ${quantity}`,
            },
            {
              title: t('auction.who'),
              show: (line) => (own.has(line.id.split('/')[0] ?? '') ? t('auction.ownBid') : '–'),
            },
          ]}
        />
      </Panel>
      <Proof id={id} />
    </>
  );
}

function linesOf({ input, outcome }: BatchClearing): Line[] {
  const lines = (side: Line['side'], orders: readonly OrderText[], fills: Fills): Line[] =>
    orders.map((order) => ({
      ...{ ...order, side },
      got: fills.find(({ id }) => id === order.id)?.quantity ?? 0,
    }));
  const rise = (a: Line, b: Line): number => Number(BigInt(a.limitFen) - BigInt(b.limitFen));
  return [
    ...lines('buy', input.buys, outcome.buys).toSorted((a, b) => rise(b, a)),
    ...lines('sell', input.sells, outcome.sells).toSorted(rise),
  ];
}
type Fills = BatchClearing['outcome']['buys'];
