/** Buying one card: a longer guarantee if wished, how to pay, and where to send it when it goes by post. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import { Choices, Field, Money, Refusal, Sheet, Skeleton, yuanText } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useTexts } from '../texts.ts';
import type { Listing } from './types.ts';

export const CHANNELS = ['alipay', 'wechat', 'bank'] as const;
export type Channel = (typeof CHANNELS)[number];
const BPS = 10_000n;

/** Rounded up to the fen, as the order does it. */
export const premiumOf = (priceFen: string, premiumBps: number): bigint =>
  (BigInt(priceFen) * BigInt(premiumBps) + BPS - 1n) / BPS;

interface BuyProps {
  listing: Listing;
  /** An agreed offer replaces the price. */
  offer?: { id: string; priceFen: string };
  open: boolean;
  onClose: () => void;
}

export function BuySheet({ listing, offer, open, onClose }: BuyProps): React.ReactNode {
  const t = useTexts();
  return (
    <Sheet open={open} onClose={onClose} title={t('mkBuy')} testId="buy-sheet">
      <BuyForm listing={listing} {...(offer && { offer })} />
    </Sheet>
  );
}

function BuyForm({ listing, offer }: Pick<BuyProps, 'listing' | 'offer'>): React.ReactNode {
  const t = useTexts();
  const navigate = useNavigate();
  const fees = useQuery({
    queryKey: ['market-fees'],
    queryFn: () => call('GET /v1/market/fees'),
  });
  const [days, setDays] = useState<string>();
  const [channel, setChannel] = useState<Channel>('alipay');
  const [shipTo, setShipTo] = useState({ name: '', phone: '', address: '' });
  const buy = useAct('POST /v1/market/orders', (order) => {
    void navigate({ to: '/market/orders/$orderId', params: { orderId: order.id } });
  });
  if (fees.error) return <Refusal of={fees.error} onRetry={() => void fees.refetch()} />;
  if (!fees.data) return <Skeleton lines={4} />;
  const priceFen = offer?.priceFen ?? listing.priceFen;
  const { guaranteeDays, longerGuarantees } = fees.data;
  const chosen = longerGuarantees.find((one) => String(one.days) === days);
  const premium = chosen ? premiumOf(priceFen, chosen.premiumBps) : 0n;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        buy.mutate({
          body: {
            ...{ listingId: listing.id, maxPriceFen: priceFen, channel },
            ...(offer && { offerId: offer.id }),
            ...(chosen && { guaranteeDays: chosen.days }),
            ...(listing.delivery === 'mail' && { shipTo }),
          },
        });
      }}
    >
      <Choices
        label={t('mkGuarantee')}
        value={days ?? String(guaranteeDays)}
        onChange={setDays}
        options={[
          { value: String(guaranteeDays), label: t('mkGuaranteeFree', { n: guaranteeDays }) },
          ...longerGuarantees.map((one) => ({
            value: String(one.days),
            label: t('mkGuaranteeFor', {
              n: one.days,
              price: yuanText(String(premiumOf(priceFen, one.premiumBps))),
            }),
          })),
        ]}
      />
      <p className="fine">{t('mkGuaranteeSay')}</p>
      <Choices
        label={t('mkChannel')}
        value={channel}
        onChange={setChannel}
        options={CHANNELS.map((value) => ({ value, label: t(`mkChannel_${value}`) }))}
      />
      {listing.delivery === 'mail' && (
        <fieldset className="form mk-group">
          <legend>{t('mkShipTo')}</legend>
          <Field
            label={t('mkShipName')}
            value={shipTo.name}
            onChange={(name) => setShipTo({ ...shipTo, name })}
            autoComplete="name"
            required
          />
          <Field
            label={t('mkShipPhone')}
            value={shipTo.phone}
            onChange={(phone) => setShipTo({ ...shipTo, phone })}
            inputMode="tel"
            autoComplete="tel-national"
            required
          />
          <Field
            label={t('mkShipAddress')}
            value={shipTo.address}
            onChange={(address) => setShipTo({ ...shipTo, address })}
            autoComplete="street-address"
            required
          />
        </fieldset>
      )}
      <p className="mk-total">
        {t('mkTotal')} <Money fen={String(BigInt(priceFen) + premium)} size="l" />
      </p>
      {buy.error && <Refusal of={buy.error} />}
      <Do submit busy={buy.isPending} testId="order-now">
        {t('mkOrderNow')}
      </Do>
      <p className="fine">{t('mkOrderSay')}</p>
    </form>
  );
}
