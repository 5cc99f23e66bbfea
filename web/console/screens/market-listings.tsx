/** All listings, by state; risk takes one down with a reason that its seller reads, or puts it back. */
import { Button, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import type { MarketListing } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';
import { SUSPENSIONS, useMarketReason } from './market-reasons.ts';
import { StateFilter } from './state-filter.tsx';

const EVERY_MS = 15_000;

export function MarketListingsScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const may = useMay(['risk', 'compliance', 'admin']);
  const [{ state, cursor }, filter] = useFilters();
  const [taking, setTaking] = useState<MarketListing>();
  const listings = useAsk(
    'GET /v1/console/market/listings',
    { query: filled({ state, cursor }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Screen title={t('market.listings')} lead={t('market.listingsLead')}>
      <div className="co-filters">
        <StateFilter process="listing" value={state} change={(next) => filter({ state: next })} />
      </div>
      <Listing
        caption={t('market.listings')}
        rows={listings.data?.items}
        error={listings.error}
        refetch={listings.refetch}
        rowKey={({ id }) => id}
        rowTone={(one) => (one.state === 'suspended' ? 'warn' : undefined)}
        paging={{ next: listings.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('market.listing'), show: ({ id }) => <ShortId id={id} /> },
          { title: t('orders.state'), show: (one) => <Standing of={one} /> },
          {
            title: t('orders.product'),
            show: ({ product, title }) => (
              <span className="co-twoline">
                <span>{pick(product.name)}</span>
                <small>{title}</small>
              </span>
            ),
          },
          {
            title: t('market.delivery'),
            show: ({ delivery }) => t(`market.delivery.${delivery}`),
          },
          {
            title: t('market.promised'),
            align: 'right',
            show: ({ declaredFen }) => <Money fen={declaredFen} size="s" />,
          },
          {
            title: t('market.price'),
            align: 'right',
            show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
          },
          { title: t('order.seller'), show: ({ sellerId }) => <ShortId id={sellerId} plain /> },
          { title: t('orders.since'), show: ({ stateSince }) => <When at={stateSince} /> },
          ...(may
            ? [
                {
                  title: t('shell.actions'),
                  show: (one: MarketListing) => <Acts of={one} take={() => setTaking(one)} />,
                },
              ]
            : []),
        ]}
      />
      <Suspend of={taking} close={() => setTaking(undefined)} />
    </Screen>
  );
}

function Standing({ of }: { of: MarketListing }): ReactNode {
  const reason = useMarketReason();
  return (
    <span className="co-twoline">
      <StateMark process="listing" state={of.state} />
      {of.suspendedReason && <small>{reason(of.suspendedReason)}</small>}
    </span>
  );
}

function Acts({ of, take }: { of: MarketListing; take: () => void }): ReactNode {
  const t = useSay();
  const back = useAct('POST /v1/console/market/listings/:id/reinstate', t('market.reinstated'));
  return (
    <>
      {of.allowed.includes('suspend') && (
        <Button size="small" danger onClick={take}>
          {t('market.suspend')}
        </Button>
      )}
      {of.allowed.includes('reinstate') && (
        <AskedButton
          size="small"
          loading={back.busy}
          label={t('market.reinstate')}
          sure={t('market.reinstateSure')}
          calm
          act={() => back.run({ params: { id: of.id }, body: {} })}
        />
      )}
    </>
  );
}

function Suspend(props: { of: MarketListing | undefined; close: () => void }): ReactNode {
  const { of, close } = props;
  const t = useSay();
  const reasonOf = useMarketReason();
  const [reason, setReason] = useState<string>(SUSPENSIONS[0]);
  const act = useAct('POST /v1/console/market/listings/:id/suspend', t('market.suspended'));
  const submit = async (): Promise<void> => {
    if (of && (await act.run({ params: { id: of.id }, body: { reason } }))) close();
  };
  return (
    <Modal
      open={of !== undefined}
      title={t('market.suspend')}
      okText={t('market.suspend')}
      okButtonProps={{ danger: true }}
      confirmLoading={act.busy}
      destroyOnHidden
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <p>{t('market.suspendSay')}</p>
        <Field label={t('market.reason')}>
          <Select
            value={reason}
            aria-label={t('market.reason')}
            options={SUSPENSIONS.map((code) => ({ value: code, label: reasonOf(code) }))}
            onChange={setReason}
          />
        </Field>
      </div>
    </Modal>
  );
}
