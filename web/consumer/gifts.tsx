/** What I gave away: each gift with where it is on its way, its receipt, and whether it is listed in public. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Reply } from '../api.ts';
import {
  Check,
  Moment,
  Money,
  Refusal,
  Sheet,
  Skeleton,
  useMoment,
  usePick,
} from '../kit/index.ts';
import { useAct } from './act.tsx';
import { useTexts } from './texts.ts';

type Gift = Reply<'GET /v1/me/donations'>['items'][number];

const GIFTS = ['gifts'] as const;
const PAGE = 50;

/** Nothing at all for whoever never gave. */
export function Gifts(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const [open, setOpen] = useState<Gift>();
  const gifts = useQuery({
    queryKey: GIFTS,
    queryFn: () => call('GET /v1/me/donations', { query: { limit: PAGE } }),
  });
  if (gifts.error) return <Refusal of={gifts.error} onRetry={() => void gifts.refetch()} />;
  if (!gifts.data || gifts.data.items.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="gifts" data-testid="gifts">
      <h2 id="gifts">{t('mkGifts')}</h2>
      <ul className="mk-wanted">
        {gifts.data.items.map((gift) => (
          <li key={gift.id} className="form-row">
            <span>
              <Money fen={gift.amountFen} size="l" />
              <br />
              <span className="fine">
                {pick({ zh: gift.charity.nameZh, en: gift.charity.nameEn })} ·{' '}
                <Standing gift={gift} />
              </span>
            </span>
            <button
              type="button"
              className="hq-link"
              data-testid="receipt-open"
              onClick={() => setOpen(gift)}
            >
              {t('mkGiftReceipt')}
            </button>
          </li>
        ))}
      </ul>
      <Sheet
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={t('mkGiftReceipt')}
        testId="receipt"
      >
        {open && <Receipt id={open.id} />}
      </Sheet>
    </section>
  );
}

function Standing({ gift }: { gift: Gift }): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  if (gift.returnedAt) return t('mkGiftReturned', { day: moment(gift.returnedAt, 'day') });
  if (gift.paidAt) return t('mkGiftPaid', { day: moment(gift.paidAt, 'day') });
  return t('mkGiftWaits');
}

function Receipt({ id }: { id: string }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const queries = useQueryClient();
  const queryKey = [...GIFTS, id];
  const receipt = useQuery({
    queryKey,
    queryFn: () => call('GET /v1/me/donations/:id/receipt', { params: { id } }),
  });
  const list = useAct('PUT /v1/me/donations/:id/listing', () => {
    void queries.invalidateQueries({ queryKey: GIFTS });
  });
  if (receipt.error) return <Refusal of={receipt.error} onRetry={() => void receipt.refetch()} />;
  if (!receipt.data) return <Skeleton lines={5} />;
  const { charity, amountFen, givenAt, batchNo, isPublic } = receipt.data;
  const facts = [
    [t('mkGiftTo'), pick({ zh: charity.nameZh, en: charity.nameEn })],
    [t('mkGiftCode'), charity.creditCode],
    [t('mkGiftLicence'), charity.licenceNo],
    [t('mkGiftAmount'), <Money key="amount" fen={amountFen} />],
    [t('mkGiftAt'), <Moment key="at" at={givenAt} form="minute" />],
    ...(batchNo ? [[t('mkGiftBatch'), batchNo]] : []),
    [t('mkGiftNo'), id.slice(-12)],
  ] as const;
  return (
    <div className="stack" data-testid="receipt-facts">
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={String(name)}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="fine">
        <Standing gift={receipt.data} />
      </p>
      <Check
        checked={isPublic}
        onChange={(next) => list.mutate({ params: { id }, body: { isPublic: next } })}
        testId="gift-public"
      >
        {t('mkGiftPublic')}
      </Check>
      {list.error && <Refusal of={list.error} />}
    </div>
  );
}
