/** What a recycler's deposit made good: proposed by one person, decided by another. */
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { fenFromYuan, Money } from '../../kit/money.tsx';
import type { DefaultCover, DepositDefault, RecyclerFile } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay, useMe } from '../session.ts';

const tones = { proposed: 'warn', paid: 'good', dropped: 'idle' } as const;

export function DepositDefaults({ of }: { of: RecyclerFile }): ReactNode {
  const t = useSay();
  const may = useMay(['risk', 'finance', 'admin']);
  const list = useAsk('GET /v1/console/recyclers/:id/defaults', { params: { id: of.id } });
  return (
    <Panel title={t('recyclers.defaults')} note={t('recyclers.defaultsNote')}>
      <Listing
        caption={t('recyclers.defaults')}
        rows={list.data?.items}
        error={list.error}
        refetch={list.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('recyclers.noDefault'), next: t('recyclers.noDefaultNext') }}
        columns={[
          { title: t('shop.when'), show: ({ proposedAt }) => <When at={proposedAt} /> },
          { title: t('recyclers.payee'), show: ({ payeeId }) => <ShortId id={payeeId} /> },
          { title: t('recyclers.order'), show: ({ subject }) => subject },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          { title: t('recyclers.words'), show: ({ words }) => words },
          {
            title: t('orders.state'),
            show: ({ state }) => <Mark tone={tones[state]}>{t(`recyclers.default.${state}`)}</Mark>,
          },
          {
            title: t('shell.actions'),
            show: (one) => may && one.state === 'proposed' && <Decide of={one} recycler={of.id} />,
          },
        ]}
      />
      {may && BigInt(of.depositFen) > 0n && <Propose recycler={of.id} />}
      <Covers rows={list.data?.covers} />
    </Panel>
  );
}

function Covers({ rows }: { rows: readonly DefaultCover[] | undefined }): ReactNode {
  const t = useSay();
  const sum = (
    title: string,
    field: 'owedFen' | 'walletFen' | 'depositFen' | 'reserveFen' | 'openFen',
  ) =>
    ({
      title,
      align: 'right',
      show: (row: DefaultCover) => <Money fen={row[field]} size="s" />,
    }) as const;
  return (
    <>
      <h3>{t('recyclers.covers')}</h3>
      <p className="co-note">{t('recyclers.coversNote')}</p>
      <Listing
        caption={t('recyclers.covers')}
        rows={rows}
        rowKey={({ id }) => id}
        rowTone={({ openFen }) => (openFen === '0' ? undefined : 'bad')}
        empty={{ title: t('recyclers.noCover'), next: t('recyclers.noCoverNext') }}
        columns={[
          { title: t('shop.when'), show: ({ at }) => <When at={at} /> },
          {
            title: t('recyclers.coverReason'),
            show: ({ reason }) => t(`recyclers.cover.${reason}`),
          },
          { title: t('recyclers.order'), show: ({ subject }) => <ShortId id={subject} /> },
          sum(t('recyclers.owed'), 'owedFen'),
          sum(t('recyclers.fromWallet'), 'walletFen'),
          sum(t('recyclers.fromDeposit'), 'depositFen'),
          sum(t('recyclers.fromReserve'), 'reserveFen'),
          sum(t('recyclers.openCover'), 'openFen'),
        ]}
      />
    </>
  );
}

function Decide({ of, recycler }: { of: DepositDefault; recycler: string }): ReactNode {
  const t = useSay();
  const me = useMe();
  const done = t('recyclers.decided');
  const acts = {
    approve: useAct('POST /v1/console/recyclers/:id/defaults/:defaultId/approve', done),
    drop: useAct('POST /v1/console/recyclers/:id/defaults/:defaultId/drop', done),
  };
  const params = { id: recycler, defaultId: of.id };
  return (
    <span className="co-twoline">
      {me?.id === of.proposedBy ? (
        <small>{t('runs.mine')}</small>
      ) : (
        <AskedButton
          size="small"
          type="primary"
          loading={acts.approve.busy}
          label={t('recyclers.approve')}
          sure={<Money fen={of.amountFen} />}
          act={() => acts.approve.run({ params })}
        />
      )}
      <Button size="small" loading={acts.drop.busy} onClick={() => void acts.drop.run({ params })}>
        {t('recyclers.drop')}
      </Button>
    </span>
  );
}

function Propose({ recycler }: { recycler: string }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/console/recyclers/:id/defaults', t('recyclers.proposed'));
  const blank = { payeeId: '', subject: '', amount: '', words: '' };
  const [typed, setTyped] = useState(blank);
  const amountFen = fenFromYuan(typed.amount);
  const { payeeId, subject, words } = typed;
  const ready = payeeId.length === 36 && subject && words && amountFen && amountFen !== '0';
  const fields = [
    ['payeeId', t('recyclers.payee')],
    ['subject', t('recyclers.order')],
    ['amount', t('shop.amount')],
    ['words', t('recyclers.words')],
  ] as const;
  return (
    <form
      className="co-filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready || !amountFen) return;
        const body = { payeeId, subject, words, amountFen };
        void act
          .run({ params: { id: recycler }, body })
          .then((worked) => worked && setTyped(blank));
      }}
    >
      {fields.map(([name, label]) => (
        <Field key={name} label={label}>
          <Input
            value={typed[name]}
            onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
          />
        </Field>
      ))}
      <Button htmlType="submit" type="primary" loading={act.busy} disabled={!ready}>
        {t('recyclers.propose')}
      </Button>
    </form>
  );
}
