/** Money at the custody bank against what is owed, and how recyclers top up. */
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { fenFromYuan, Money, parseFen } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { Treasury, TrialBalance } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';

export function TreasuryScreen(): ReactNode {
  const t = useSay();
  const treasury = useAsk('GET /v1/console/treasury', {});
  const books = useAsk('GET /v1/console/ledger/trial-balance', {});
  const may = useMay(['finance', 'admin']);
  if (treasury.error && !treasury.data)
    return <Refusal of={treasury.error} onRetry={() => void treasury.refetch()} />;
  if (!treasury.data) return <Skeleton lines={8} tall />;
  return (
    <Screen title={t('treasury.title')} lead={t('treasury.lead')}>
      <Position of={treasury.data} books={books.data} />
      {may && <TopUpForm />}
      <Panel title={t('treasury.topUps')}>
        <Listing
          caption={t('treasury.topUps')}
          rows={treasury.data.topUps}
          rowKey={({ id }) => id}
          empty={{ title: t('treasury.noTopUp'), next: t('treasury.noTopUpNext') }}
          columns={[
            { title: t('treasury.recycler'), show: ({ recycler }) => recycler },
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
    </Screen>
  );
}

/** Assets of the house's own books: everything else is owed to somebody, or is ours. */
const assets = ['CUSTODY', 'RECEIVABLE', 'LOSS'];

function Position({ of, books }: { of: Treasury; books: TrialBalance | undefined }): ReactNode {
  const t = useSay();
  const owed = books?.classes
    .filter((one) => !assets.includes(one.class))
    .reduce((sum, { balanceFen }) => sum + (parseFen(balanceFen) ?? 0n), 0n);
  // A claim of the guarantee fund stands in the books against a receivable, not against money at the bank.
  const claims = parseFen(of.claimsFen) ?? 0n;
  const custody = parseFen(of.custodyFen) ?? 0n;
  // An asset is written as a negative balance; the bank holds its size.
  const held = custody < 0n ? -custody : custody;
  const covered = owed !== undefined && held >= owed - claims;
  return (
    <>
      <dl className="co-tiles">
        <div>
          <dt>{t('treasury.custody')}</dt>
          <dd>
            <Money fen={held.toString()} />
          </dd>
        </div>
        <div>
          <dt>{t('treasury.owed')}</dt>
          <dd>{owed === undefined ? '…' : <Money fen={owed.toString()} />}</dd>
        </div>
        <div>
          <dt>{t('treasury.inFlight')}</dt>
          <dd>
            <Money fen={of.inFlightFen} />
          </dd>
        </div>
        <div>
          <dt>{t('treasury.waiting')}</dt>
          <dd>
            <Money fen={of.waitingFen} />
          </dd>
        </div>
        <div>
          <dt>{t('treasury.compensation')}</dt>
          <dd>
            <Money fen={of.compensationFen} />
          </dd>
        </div>
      </dl>
      {owed !== undefined && (
        <p className="co-gap">
          <Mark tone={covered ? 'good' : 'bad'}>
            {covered ? t('treasury.covered') : t('treasury.short')}
          </Mark>
        </p>
      )}
    </>
  );
}

const RECYCLER = /^[A-Za-z0-9_-]{1,60}$/;

function TopUpForm(): ReactNode {
  const t = useSay();
  const ask = useConfirm();
  const act = useAct('POST /v1/console/treasury/top-ups', t('treasury.asked'));
  const [recycler, setRecycler] = useState('');
  const [amount, setAmount] = useState('');
  const amountFen = fenFromYuan(amount);
  const wrong = amount !== '' && (amountFen === undefined || amountFen === '0');
  const submit = (): void => {
    if (!amountFen) return;
    ask({
      title: t('treasury.topUp'),
      body: (
        <>
          {recycler} · <Money fen={amountFen} />
        </>
      ),
      calm: true,
      act: () => act.run({ body: { recycler, amountFen } }),
    });
  };
  return (
    <Panel title={t('treasury.topUp')} note={t('treasury.topUpNote')}>
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('treasury.recycler')}>
          <Input value={recycler} onChange={({ target }) => setRecycler(target.value.trim())} />
        </Field>
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
        <Button
          type="primary"
          htmlType="submit"
          loading={act.busy}
          disabled={!RECYCLER.test(recycler) || !amountFen || wrong}
        >
          {t('treasury.topUp')}
        </Button>
      </form>
    </Panel>
  );
}
