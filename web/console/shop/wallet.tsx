/** A shop's money: free and held, top-up, withdrawal, the company's account, the alert, and what happened when. */
import { Button, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { Choices } from '../../kit/fields.tsx';
import { Money, yuanText } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { Shop, ShopWallet } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { AmountForm } from './parts.tsx';
import { may, useShop } from './shop.ts';
import { StatementPanel } from './statement.tsx';

const EVERY_MS = 4_000;

export function WalletScreen(): ReactNode {
  const t = useSay();
  const { data: shop, id } = useShop();
  const wallet = useAsk('GET /v1/recyclers/:id/wallet', { params: { id } }, { everyMs: EVERY_MS });
  const { data, error } = wallet;
  if (error && !data) return <Refusal of={error} onRetry={() => void wallet.refetch()} />;
  if (!data || !shop) return <Skeleton lines={8} tall />;
  return (
    <Screen title={t('shop.navWallet')} lead={t('shop.walletLead')}>
      <Tiles of={data} />
      {may(shop, 'buyer') && <TopUp of={shop} />}
      {may(shop, 'owner') && (
        <>
          <Account of={data} shop={shop} />
          <Withdraw of={data} shop={shop} />
          <AlertMark of={shop} />
        </>
      )}
      <StatementPanel id={id} />
      <Holds of={data} />
      <TopUps of={data} />
      <Outgoing of={data} />
    </Screen>
  );
}

function Tiles({ of }: { of: ShopWallet }): ReactNode {
  const t = useSay();
  const tiles = [
    { label: t('shop.free'), fen: of.freeFen },
    { label: t('shop.held'), fen: of.heldFen },
    { label: t('shop.deposit'), fen: of.depositFen },
  ];
  return (
    <dl className="co-tiles">
      {tiles.map(({ label, fen }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Money fen={fen} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

type Purse = 'wallet' | 'deposit';

function TopUp({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/top-ups', t('shop.topUpAsked'));
  const lacks = BigInt(of.depositFen) < BigInt(of.depositNeededFen);
  const [target, setTarget] = useState<Purse>(lacks && may(of, 'owner') ? 'deposit' : 'wallet');
  const options = (['wallet', 'deposit'] as const).filter(
    (one) => one === 'wallet' || may(of, 'owner'),
  );
  return (
    <Panel title={t('shop.topUp')}>
      <AmountForm
        label={t('shop.topUp')}
        busy={act.busy}
        send={(amountFen) =>
          act.run({ params: { id: of.id }, body: { target, amountFen: amountFen ?? '0' } })
        }
      >
        <Choices<Purse>
          label={t('shop.topUpTo')}
          value={target}
          options={options.map((value) => ({ value, label: t(`shop.${value}`) }))}
          onChange={setTarget}
        />
      </AmountForm>
    </Panel>
  );
}

function Withdraw({ of, shop }: { of: ShopWallet; shop: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/withdrawals', t('shop.withdrawn'));
  return (
    <Panel title={t('shop.withdraw')} note={t('shop.withdrawNote')}>
      <AmountForm
        label={t('shop.withdraw')}
        busy={act.busy}
        disabled={!of.account}
        send={(amountFen) =>
          act.run({ params: { id: shop.id }, body: { amountFen: amountFen ?? '0' } })
        }
      />
    </Panel>
  );
}

const banks = ['state', 'joint', 'city', 'rural', 'online', 'foreign'] as const;

function Account({ of, shop }: { of: ShopWallet; shop: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('PUT /v1/recyclers/:id/payout-account', t('shop.accountSaved'));
  const [bankCode, setBankCode] = useState<(typeof banks)[number]>('state');
  const [accountNumber, setNumber] = useState('');
  const { account } = of;
  return (
    <Panel title={t('shop.account')} note={t('shop.accountNote')}>
      <Facts
        of={[
          [t('shop.bank'), account ? t(`shop.bank.${account.bankCode}`) : t('shop.accountNone')],
          [t('shop.accountNumber'), account ? <code key="no">{account.numberMasked}</code> : '–'],
        ]}
      />
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          void act
            .run({ params: { id: shop.id }, body: { bankCode, accountNumber } })
            .then((done) => done && setNumber(''));
        }}
      >
        <Field label={t('shop.bank')}>
          <Select
            value={bankCode}
            options={banks.map((value) => ({ value, label: t(`shop.bank.${value}`) }))}
            onChange={setBankCode}
          />
        </Field>
        <Field label={t('shop.accountNumber')}>
          <Input
            value={accountNumber}
            inputMode="numeric"
            autoComplete="off"
            onChange={({ target }) => setNumber(target.value)}
          />
        </Field>
        <Button
          htmlType="submit"
          type="primary"
          loading={act.busy}
          disabled={accountNumber.length < 16 || shop.state === 'applied'}
        >
          {t('shop.accountSave')}
        </Button>
      </form>
    </Panel>
  );
}

function AlertMark({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('PUT /v1/recyclers/:id/alert', t('shop.alertSaved'));
  const initial = of.alertBelowFen ? yuanText(of.alertBelowFen).replace(/[¥,]/g, '') : '';
  return (
    <Panel title={t('shop.alert')} note={t('shop.alertNote')}>
      <AmountForm
        label={t('shell.save')}
        busy={act.busy}
        initial={initial}
        optional
        send={(amountFen) =>
          act.run({
            params: { id: of.id },
            body: amountFen === undefined ? {} : { belowFen: amountFen },
          })
        }
      />
    </Panel>
  );
}

function Holds({ of }: { of: ShopWallet }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('shop.holds')}>
      <Listing
        caption={t('shop.holds')}
        rows={of.holds}
        rowKey={({ kind, subject, at }) => kind + subject + at}
        empty={{ title: t('shop.noHold'), next: t('shop.noHoldNext') }}
        columns={[
          { title: t('shop.holdFor'), show: ({ subject }) => <code>{subject.slice(-6)}</code> },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          { title: t('shop.when'), show: ({ at }) => <When at={at} /> },
          { title: t('shop.holdUntil'), show: ({ expiresAt }) => <When at={expiresAt} /> },
        ]}
      />
    </Panel>
  );
}

const topUpTones = { requested: 'run', waiting: 'run', received: 'good', failed: 'bad' } as const;

function TopUps({ of }: { of: ShopWallet }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('shop.topUps')}>
      <Listing
        caption={t('shop.topUps')}
        rows={of.topUps}
        rowKey={({ id }) => id}
        empty={{ title: t('shop.noTopUp'), next: t('shop.noTopUpNext') }}
        columns={[
          { title: t('shop.topUpTo'), show: ({ target }) => t(`shop.${target}`) },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          {
            title: t('orders.state'),
            show: ({ state }) => (
              <Mark tone={topUpTones[state]}>{t(`shop.topUpState.${state}`)}</Mark>
            ),
          },
          {
            title: t('shop.when'),
            show: ({ createdAt, receivedAt }) => <When at={receivedAt ?? createdAt} />,
          },
        ]}
      />
    </Panel>
  );
}

function Outgoing({ of }: { of: ShopWallet }): ReactNode {
  const t = useSay();
  const shown = (state: string): ReactNode => {
    if (state === 'paid') return <Mark tone="good">{t('shop.paid')}</Mark>;
    const failed = state === 'failed' || state === 'returned' || state === 'cancelled';
    return (
      <Mark tone={failed ? 'bad' : 'run'}>{failed ? t('shop.notPaid') : t('shop.onItsWay')}</Mark>
    );
  };
  return (
    <Panel title={t('shop.outgoing')}>
      <Listing
        caption={t('shop.outgoing')}
        rows={of.payouts}
        rowKey={({ payoutId }) => payoutId}
        empty={{ title: t('shop.noOutgoing'), next: t('shop.noOutgoingNext') }}
        columns={[
          { title: t('shop.what'), show: ({ what }) => t(`shop.out.${what}`) },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          { title: t('orders.state'), show: ({ state }) => shown(state) },
          { title: t('shop.promised'), show: ({ promisedOn }) => promisedOn },
        ]}
      />
    </Panel>
  );
}
