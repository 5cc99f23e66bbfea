/** The list of orders, filtered by state, page by page. */

import { Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { useAsk } from '../ask.ts';
import { Link, useGo } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { CategoryName, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { StateFilter } from './state-filter.tsx';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const EVERY_MS = 15_000;

export function OrdersScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [{ state, cursor }, filter] = useFilters();
  const orders = useAsk(
    'GET /v1/console/orders',
    { query: filled({ state, cursor }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Screen title={t('orders.title')} lead={t('orders.lead')}>
      <div className="co-filters">
        <StateFilter process="buyback" value={state} change={(next) => filter({ state: next })} />
        <FindOrder />
      </div>
      <Listing
        caption={t('orders.title')}
        rows={orders.data?.items}
        error={orders.error}
        refetch={orders.refetch}
        rowKey={({ id }) => id}
        paging={{ next: orders.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('orders.id'),
            show: ({ id }) => (
              <Link to="/orders/$id" params={{ id }}>
                <ShortId id={id} plain />
              </Link>
            ),
          },
          {
            title: t('orders.state'),
            show: (order) => <StateMark process="buyback" state={order.state} />,
          },
          {
            title: t('orders.product'),
            show: ({ productName, category }) => (
              <span className="co-twoline">
                <span>{pick(productName)}</span>
                <small>
                  <CategoryName of={category} />
                </small>
              </span>
            ),
          },
          {
            title: t('orders.face'),
            align: 'right',
            show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
          },
          {
            title: t('orders.net'),
            align: 'right',
            show: ({ netFen }) => <Money fen={netFen} size="s" />,
          },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
          {
            title: t('orders.deadline'),
            show: ({ deadline }) => (deadline ? <Due at={deadline.at} /> : '–'),
          },
        ]}
      />
    </Screen>
  );
}

function FindOrder(): ReactNode {
  const t = useSay();
  const go = useGo();
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const id = text.trim().toLowerCase();
        if (UUID.test(id)) void go({ to: '/orders/$id', params: { id } });
      }}
    >
      <Field label={t('orders.find')} row>
        <Input
          className="co-id-input"
          value={text}
          placeholder={t('orders.findRule')}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
    </form>
  );
}
