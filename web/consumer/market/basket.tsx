/** The basket: several cards of several sellers, one payment, and what to do when one was just sold. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Choices, Empty, Icon, Money, Refusal, toast, yuanText } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { usePageTitle } from '../shell.tsx';
import { useTexts } from '../texts.ts';
import { takeOut, useBasket } from './basket-store.ts';
import { CHANNELS, type Channel } from './buy.tsx';

type Fill = 'partial' | 'all';

export function BasketPage(): React.ReactNode {
  const t = useTexts();
  const navigate = useNavigate();
  const items = useBasket();
  const [fill, setFill] = useState<Fill>('partial');
  const [channel, setChannel] = useState<Channel>('alipay');
  usePageTitle(t('mkBasket'));
  const order = useAct('POST /v1/market/baskets', (made) => {
    const left = new Set(made.leftOut.map(({ listingId }) => listingId));
    takeOut(items.map(({ listingId }) => listingId));
    const missed = items.filter(({ listingId }) => left.has(listingId)).map(({ title }) => title);
    if (missed.length > 0) toast(`${t('mkBasketLeft')}: ${missed.join(' · ')}`);
    const [first] = made.orders;
    if (first) void navigate({ to: '/market/orders/$orderId', params: { orderId: first.id } });
  });
  if (items.length === 0)
    return (
      <div className="page">
        <Empty icon="shop" title={t('mkBasketEmpty')} say={t('mkBasketEmptySay')}>
          <Do onClick={() => void navigate({ to: '/market' })}>{t('mkBasketGo')}</Do>
        </Empty>
      </div>
    );
  const total = items.reduce((sum, { priceFen }) => sum + BigInt(priceFen), 0n);
  return (
    <div className="page narrow">
      <h1>{t('mkBasket')}</h1>
      <ul className="mk-basket" data-testid="basket">
        {items.map(({ listingId, title, priceFen }) => (
          <li key={listingId} className="panel">
            <strong>{title}</strong>
            <span>
              <Money fen={priceFen} />{' '}
              <span className="fine">{t('mkBasketMax', { price: yuanText(priceFen) })}</span>
            </span>
            <button
              type="button"
              className="hq-icon-button"
              aria-label={`${t('mkBasketRemove')}: ${title}`}
              onClick={() => takeOut([listingId])}
            >
              <Icon name="close" size={18} />
            </button>
          </li>
        ))}
      </ul>
      <form
        className="panel form"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = items.map(({ listingId, priceFen }) => ({
            ...{ listingId, maxPriceFen: priceFen },
          }));
          order.mutate({ body: { items: wanted, fill, channel } });
        }}
      >
        <Choices
          label={t('mkBasketFill')}
          value={fill}
          onChange={setFill}
          options={[
            { value: 'partial', label: t('mkFill_partial') },
            { value: 'all', label: t('mkFill_all') },
          ]}
        />
        <Choices
          label={t('mkChannel')}
          value={channel}
          onChange={setChannel}
          options={CHANNELS.map((value) => ({ value, label: t(`mkChannel_${value}`) }))}
        />
        <p className="mk-total">
          {t('mkTotal')} <Money fen={String(total)} size="l" />
        </p>
        {order.error && <Refusal of={order.error} />}
        <Do submit busy={order.isPending} testId="basket-order">
          {t('mkOrderNow')}
        </Do>
        <p className="fine">{t('mkOrderSay')}</p>
      </form>
    </div>
  );
}
