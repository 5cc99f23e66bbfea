/** Split cards: the list, and one with its shares, who holds them and what can be done. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api.ts';
import { Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { Fact } from '../fact.tsx';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { ShareActs } from './fraction-acts.tsx';
import type { Fraction } from './fraction-sign.ts';
import { useFractionWords } from './fraction-texts.ts';
import type { Chain } from './house.ts';
import { useExchange } from './profile.ts';
import { short } from './sign.tsx';

const SOON_MS = 2_000;
const LATER_MS = 8_000;

export function Fractions({ mine = false }: { mine?: boolean }): React.ReactNode {
  const t = useFractionWords();
  const pick = usePick();
  const { me } = useSession();
  const exchange = useExchange();
  const on = exchange.data?.features.includes('fractions') ?? false;
  const found = useQuery({
    queryKey: ['exchange-fractions', mine],
    queryFn: async () =>
      (await call(mine ? 'GET /v1/exchange/my/fractions' : 'GET /v1/exchange/fractions')).items,
    enabled: on && (!mine || me !== undefined),
    refetchInterval: LATER_MS,
  });
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `shares/${one.id}`, title: pick(one.token.product), fen: one.floorFen },
    say: `${t(stateWord(one))} · ${t('sharesN', { n: one.supply })}`,
  }));
  const words = { id: mine ? 'my-shares' : 'shares', heading: t(mine ? 'titleMine' : 'title') };
  return <Rows root="/exchange/$" rows={rows} {...words} />;
}

const stateWord = (one: Fraction) => `state_${one.state}` as const;

export function FractionPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useFractionWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['exchange-fraction', id],
    queryFn: () => call('GET /v1/exchange/fractions/:id', { params: { id } }),
    refetchInterval: SOON_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const one = found.data;
  return (
    <>
      <section className="panel stack" data-testid="fraction" data-state={one.state}>
        <h1>{pick(one.token.product)}</h1>
        <p>
          <span className="tag">{t(stateWord(one))}</span>
        </p>
        <dl className="facts">
          <Fact name={t('floor')}>{yuanText(one.floorFen)}</Fact>
          <Fact name={t('supply')}>{one.supply}</Fact>
          {one.proceedsFen && <Fact name={t('proceeds')}>{yuanText(one.proceedsFen)}</Fact>}
        </dl>
      </section>
      <Holders one={one} />
      <ShareActs one={one} chain={chain} />
    </>
  );
}

function Holders({ one }: { one: Fraction }): React.ReactNode {
  const t = useFractionWords();
  return (
    <section className="panel" aria-labelledby="holders">
      <h2 id="holders">{t('holders')}</h2>
      <dl className="facts">
        {one.holders.map((holder) => (
          <Fact key={holder.address} name={holder.mine ? t('me') : short(holder.address)}>
            {t('sharesN', { n: holder.shares })}
            {holder.cashedFen !== '0' && (
              <span className="fine"> · {t('cashed', { sum: yuanText(holder.cashedFen) })}</span>
            )}
          </Fact>
        ))}
      </dl>
    </section>
  );
}
