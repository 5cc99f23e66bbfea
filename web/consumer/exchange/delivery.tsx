/** Deliveries against payment, as either side sees them: where they stand, what to do next, what the money did. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api.ts';
import { Moment, Notice, Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { Fact } from '../fact.tsx';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { Received } from './delivery-buyer.tsx';
import { Reclaim, SealForm } from './delivery-seller.tsx';
import type { Delivery } from './delivery-sign.ts';
import { type DeliveryWord, useDeliveryWords } from './delivery-texts.ts';
import type { Chain } from './house.ts';

const SOON_MS = 2_000;
const LATER_MS = 8_000;
const MS_A_SECOND = 1000;

export function Deliveries(): React.ReactNode {
  const t = useDeliveryWords();
  const pick = usePick();
  const { me } = useSession();
  const found = useQuery({
    queryKey: ['exchange-deliveries'],
    queryFn: async () => (await call('GET /v1/exchange/deliveries')).items,
    enabled: me !== undefined,
    refetchInterval: LATER_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `deliveries/${one.id}`, fen: one.priceFen },
    title: pick(one.token.product),
    say: `${t(one.role === 'seller' ? 'roleSeller' : 'roleBuyer')} · ${t(stateWord(one))}`,
  }));
  return <Rows root="/exchange/$" rows={rows} id="deliveries" heading={t('title')} />;
}

const stateWord = (one: Delivery): DeliveryWord => `state_${one.state}` as DeliveryWord;
const iso = (seconds: number): string => new Date(seconds * MS_A_SECOND).toISOString();

export function DeliveryPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useDeliveryWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['exchange-delivery', id],
    queryFn: () => call('GET /v1/exchange/deliveries/:id', { params: { id } }),
    refetchInterval: SOON_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const one = found.data;
  return (
    <>
      <section className="panel stack" data-testid="delivery" data-state={one.state}>
        <h1>{pick(one.token.product)}</h1>
        <p>
          <span className="tag">{t(one.role === 'seller' ? 'roleSeller' : 'roleBuyer')}</span>{' '}
          <span className="tag">{t(stateWord(one))}</span>
        </p>
        <dl className="facts">
          <Fact name={t('price')}>{yuanText(one.priceFen)}</Fact>
          {one.role === 'seller' && <Fact name={t('fee')}>{yuanText(one.feeFen)}</Fact>}
          <Fact name={t('bond')}>{yuanText(one.bondFen)}</Fact>
          {one.until === undefined ? (
            <Fact name={t('deadline')}>
              <Moment at={iso(one.deadline)} form="minute" />
            </Fact>
          ) : (
            <Fact name={t('until')}>
              <Moment at={iso(one.until)} form="minute" />
            </Fact>
          )}
        </dl>
      </section>
      {one.role === 'buyer' ? (
        <Buyer one={one} chain={chain} />
      ) : (
        <Seller one={one} chain={chain} />
      )}
    </>
  );
}

function Buyer({ one, chain }: { one: Delivery; chain: Chain }): React.ReactNode {
  const t = useDeliveryWords();
  if (one.state === 'offered') return <Notice tone="info">{t('waiting')}</Notice>;
  if (one.state === 'lapsed' || one.state === 'void')
    return <Notice tone="info">{t('lapsedSay')}</Notice>;
  if (one.state === 'refunded')
    return (
      <Notice tone="good" icon="shield">
        {t('refundedBuyer')}
      </Notice>
    );
  return <Received one={one} chain={chain} />;
}

function Seller({ one, chain }: { one: Delivery; chain: Chain }): React.ReactNode {
  const t = useDeliveryWords();
  if (one.state === 'offered') return <SealForm one={one} chain={chain} />;
  if (one.state === 'delivered' || one.state === 'releasing')
    return (
      <Notice tone="good" icon="shield">
        {t('sentSeller')}
      </Notice>
    );
  if (one.state === 'closed') return <Reclaim one={one} chain={chain} />;
  if (one.state === 'refunded')
    return (
      <Notice tone="warn" icon="warn">
        {t('refundedSeller')}
      </Notice>
    );
  return null;
}
