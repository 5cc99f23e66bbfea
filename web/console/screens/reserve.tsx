/** The guarantee fund: what it can pay out, what is claimed from others, and how it is filled. */
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { fenFromYuan, Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { Reserve } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';

export function ReserveScreen(): ReactNode {
  const t = useSay();
  const reserve = useAsk('GET /v1/console/reserve', {});
  const may = useMay(['finance', 'admin']);
  if (reserve.error && !reserve.data)
    return <Refusal of={reserve.error} onRetry={() => void reserve.refetch()} />;
  if (!reserve.data) return <Skeleton lines={8} tall />;
  return (
    <Screen title={t('reserve.title')} lead={t('reserve.lead')}>
      <Standing of={reserve.data} />
      {may && <FillForm />}
      <Claims of={reserve.data} />
      <TopUps of={reserve.data} />
    </Screen>
  );
}

function Standing({ of }: { of: Reserve }): ReactNode {
  const t = useSay();
  return (
    <>
      <dl className="co-tiles">
        <div data-bad={of.isLow}>
          <dt>{t('reserve.cash')}</dt>
          <dd>
            <Money fen={of.cashFen} />
          </dd>
        </div>
        <div>
          <dt>{t('reserve.claims')}</dt>
          <dd>
            <Money fen={of.claimsFen} />
          </dd>
        </div>
        <div>
          <dt>{t('reserve.lowWater')}</dt>
          <dd>
            <Money fen={of.lowWaterFen} />
          </dd>
        </div>
      </dl>
      <p className="co-gap">
        <Mark tone={of.isLow ? 'bad' : 'good'}>
          {of.isLow ? t('reserve.isLow') : t('reserve.isFine')}
        </Mark>
      </p>
    </>
  );
}

function Claims({ of }: { of: Reserve }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('reserve.claimList')}>
      <Listing
        caption={t('reserve.claimList')}
        rows={of.claims}
        rowKey={({ id }) => id}
        empty={{ title: t('reserve.noClaim'), next: t('reserve.noClaimNext') }}
        columns={[
          { title: t('payouts.subject'), show: ({ subject }) => <ShortId id={subject} /> },
          { title: t('reserve.who'), show: ({ userId }) => <ShortId id={userId} /> },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          {
            title: t('reserve.collected'),
            align: 'right',
            show: ({ collectedFen }) => <Money fen={collectedFen} size="s" />,
          },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Panel>
  );
}

function TopUps({ of }: { of: Reserve }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('treasury.topUps')}>
      <Listing
        caption={t('treasury.topUps')}
        rows={of.topUps}
        rowKey={({ id }) => id}
        empty={{ title: t('treasury.noTopUp'), next: t('treasury.noTopUpNext') }}
        columns={[
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="top_up" state={state} />,
          },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
          {
            title: t('treasury.receivedAt'),
            show: ({ receivedAt }) => (receivedAt ? <When at={receivedAt} /> : '–'),
          },
        ]}
      />
    </Panel>
  );
}

function FillForm(): ReactNode {
  const t = useSay();
  const ask = useConfirm();
  const act = useAct('POST /v1/console/reserve/top-ups', t('reserve.asked'));
  const [amount, setAmount] = useState('');
  const amountFen = fenFromYuan(amount);
  const wrong = amount !== '' && (amountFen === undefined || amountFen === '0');
  const submit = (): void => {
    if (!amountFen) return;
    ask({
      title: t('reserve.fill'),
      body: <Money fen={amountFen} />,
      calm: true,
      act: () => act.run({ body: { amountFen } }),
    });
  };
  return (
    <Panel title={t('reserve.fill')} note={t('reserve.fillNote')}>
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('treasury.amount')}>
          <Input
            prefix="¥"
            inputMode="decimal"
            value={amount}
            aria-invalid={wrong}
            status={wrong ? 'error' : ''}
            onChange={({ target }) => setAmount(target.value)}
          />
        </Field>
        <Button type="primary" htmlType="submit" loading={act.busy} disabled={!amountFen || wrong}>
          {t('reserve.fill')}
        </Button>
      </form>
    </Panel>
  );
}
