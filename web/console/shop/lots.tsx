/** Bulk lots of a company: its own, those it may bid for, and its deals on either side; and how to begin one. */
import { Button, Input, InputNumber } from 'antd';
import { type ReactNode, useState } from 'react';
import { Choices } from '../../kit/fields.tsx';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { useAct, useAsk } from '../ask.ts';
import { Link, useGo } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { Stand } from './lot-parts.tsx';
import { may, useShop } from './shop.ts';

const EVERY_MS = 5_000;

export function LotsScreen(): ReactNode {
  const t = useSay();
  const { data: shop, id } = useShop();
  if (!shop) return <Skeleton lines={8} tall />;
  return (
    <Screen title={t('lots.nav')} lead={t('lots.lead')}>
      <Mine id={id} />
      {may(shop, 'buyer') && <Create id={id} />}
      <Offers id={id} />
      <Deals id={id} />
    </Screen>
  );
}

function Mine({ id }: { id: string }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const mine = useAsk('GET /v1/recyclers/:id/lots', { params: { id } }, { everyMs: EVERY_MS });
  return (
    <Panel title={t('lots.mine')}>
      <Listing
        caption={t('lots.mine')}
        rows={mine.data?.items}
        error={mine.error}
        refetch={mine.refetch}
        rowKey={(lot) => lot.id}
        empty={{ title: t('lots.none'), next: t('lots.noneNext') }}
        columns={[
          {
            title: t('lots.title'),
            show: ({ id: lotId, title }) => (
              <Link to="/shops/$id/lots/$lotId" params={{ id, lotId }}>
                {title}
              </Link>
            ),
          },
          {
            title: t('lots.state'),
            show: ({ state, stateSaid }) => <Stand state={state}>{pick(stateSaid)}</Stand>,
          },
          { title: t('lots.cards'), align: 'right', show: ({ declaredRows }) => declaredRows },
          { title: t('shop.when'), show: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Panel>
  );
}

function Create({ id }: { id: string }): ReactNode {
  const t = useSay();
  const go = useGo();
  const act = useAct('POST /v1/recyclers/:id/lots');
  const [title, setTitle] = useState('');
  const [declaredRows, setRows] = useState<number | null>(null);
  const [plan, setPlan] = useState<'zero' | 'sprt'>('zero');
  const submit = async (): Promise<void> => {
    if (declaredRows === null) return;
    const made = await act.ask({ params: { id }, body: { title, declaredRows, plan } });
    if (made) await go({ to: '/shops/$id/lots/$lotId', params: { id, lotId: made.reply.id } });
  };
  return (
    <Panel title={t('lots.create')}>
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t('lots.title')}>
          <Input value={title} maxLength={80} onChange={({ target }) => setTitle(target.value)} />
        </Field>
        <Field label={t('lots.declared')} hint={t('lots.declaredHint')}>
          <InputNumber
            min={1}
            max={100_000}
            precision={0}
            value={declaredRows}
            onChange={setRows}
            style={{ width: '100%' }}
          />
        </Field>
        <Choices<'zero' | 'sprt'>
          label={t('lots.plan')}
          value={plan}
          options={(['zero', 'sprt'] as const).map((value) => ({
            ...{ value, label: t(`lots.plan.${value}`) },
          }))}
          onChange={setPlan}
        />
        <Button
          type="primary"
          htmlType="submit"
          loading={act.busy}
          disabled={title === '' || declaredRows === null}
        >
          {t('lots.create')}
        </Button>
      </form>
    </Panel>
  );
}

function Offers({ id }: { id: string }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const open = useAsk(
    'GET /v1/recyclers/:id/lot-offers',
    { params: { id } },
    { everyMs: EVERY_MS },
  );
  return (
    <Panel title={t('lots.offers')}>
      <Listing
        caption={t('lots.offers')}
        rows={open.data?.items}
        error={open.error}
        refetch={open.refetch}
        rowKey={(lot) => lot.id}
        empty={{ title: t('lots.noOffers'), next: t('lots.noOffersNext') }}
        columns={[
          {
            title: t('lots.kind'),
            show: ({ id: lotId, kind }) => (
              <Link to="/shops/$id/lot-offers/$lotId" params={{ id, lotId }}>
                {t(`lots.kind.${kind}`)}
              </Link>
            ),
          },
          { title: t('lots.cards'), align: 'right', show: ({ cards }) => cards },
          {
            title: t('lots.face'),
            align: 'right',
            show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
          },
          {
            title: t('lots.state'),
            show: ({ state, stateSaid }) => <Stand state={state}>{pick(stateSaid)}</Stand>,
          },
          { title: t('lots.closes'), show: ({ closesAt }) => <When at={closesAt} /> },
        ]}
      />
    </Panel>
  );
}

function Deals({ id }: { id: string }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const deals = useAsk(
    'GET /v1/recyclers/:id/lot-deals',
    { params: { id } },
    { everyMs: EVERY_MS },
  );
  return (
    <Panel title={t('lots.deals')}>
      <Listing
        caption={t('lots.deals')}
        rows={deals.data?.items}
        error={deals.error}
        refetch={deals.refetch}
        rowKey={(deal) => deal.id}
        empty={{ title: t('lots.noDeals'), next: t('lots.noDealsNext') }}
        columns={[
          {
            title: t('lots.other'),
            show: ({ id: dealId, other, side }) => (
              <span className="co-twoline">
                <Link to="/shops/$id/lot-deals/$dealId" params={{ id, dealId }}>
                  {other}
                </Link>
                <small>{t(`lots.side.${side}`)}</small>
              </span>
            ),
          },
          {
            title: t('lots.price'),
            align: 'right',
            show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
          },
          {
            title: t('lots.state'),
            show: ({ state, stateSaid }) => <Stand state={state}>{pick(stateSaid)}</Stand>,
          },
          { title: t('shop.when'), show: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Panel>
  );
}
