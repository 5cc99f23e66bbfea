/** One deal for either side: the contract and who confirmed it, each tranche with its money, failing cards. */
import { Alert, App, Button, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { takeFile } from '../../api.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton, useProblemWords } from '../../kit/states.tsx';
import type { FailingCode, LotDeal, LotTranche } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { Stand, saveAs, useFollow } from './lot-parts.tsx';

const EVERY_MS = 5_000;
interface Of {
  id: string;
  deal: LotDeal;
}

export function LotDealScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const id = usePathPart('id');
  const dealId = usePathPart('dealId');
  useFollow(`/v1/recyclers/${id}/lot-deals/${dealId}/events`);
  const asked = useAsk(
    'GET /v1/recyclers/:id/lot-deals/:dealId',
    { params: { id, dealId } },
    { everyMs: EVERY_MS },
  );
  if (asked.error && !asked.data)
    return <Refusal of={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton lines={8} tall />;
  const deal = asked.data;
  const file = `/v1/recyclers/${id}/lot-deals/${dealId}/statement`;
  return (
    <Screen
      title={`${t(`lots.side.${deal.side}`)} · ${deal.other}`}
      lead={
        <>
          <Stand state={deal.state}>{pick(deal.stateSaid)}</Stand>{' '}
          {deal.dueAt && <When at={deal.dueAt} />}
        </>
      }
      actions={
        <>
          <Button href={`${file}.csv`}>{t('lots.statement')} CSV</Button>
          <Button href={`${file}.xlsx`}>XLSX</Button>
        </>
      }
    >
      <Facts
        of={[
          [t('lots.price'), <Money key="p" fen={deal.priceFen} />],
          [t('lots.cards'), deal.cards],
        ]}
      />
      {deal.state === 'paused' && <Paused id={id} deal={deal} />}
      <Contract id={id} deal={deal} />
      {deal.tranches.map((tranche) => (
        <Tranche key={tranche.no} id={id} deal={deal} tranche={tranche} />
      ))}
    </Screen>
  );
}

function Paused({ id, deal }: Of): ReactNode {
  const t = useSay();
  const params = { id, dealId: deal.id };
  const resume = useAct('POST /v1/recyclers/:id/lot-deals/:dealId/resume');
  const stop = useAct('POST /v1/recyclers/:id/lot-deals/:dealId/stop');
  return (
    <Panel title={t('lots.paused')}>
      <div className="co-actions">
        {deal.side === 'buyer' && (
          <Button type="primary" loading={resume.busy} onClick={() => void resume.run({ params })}>
            {t('lots.resume')}
          </Button>
        )}
        <AskedButton
          danger
          loading={stop.busy}
          label={t('lots.stop')}
          sure={<p>{t('lots.stopSure')}</p>}
          act={() => stop.run({ params })}
        />
      </div>
    </Panel>
  );
}

const sides = ['seller', 'buyer'] as const;
const roles = ['maker', 'checker'] as const;

function Contract({ id, deal }: Of): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/lot-deals/:dealId/sign', t('lots.signed'));
  const signed = (side: (typeof sides)[number], role: (typeof roles)[number]) =>
    deal.signatures.find((one) => one.side === side && one.role === role);
  const isMine = deal.signatures.some(({ isMe }) => isMe);
  const isFull = deal.signatures.filter(({ side }) => side === deal.side).length === 2;
  return (
    <Panel title={t('lots.contract')} note={t('lots.signNote')}>
      <div className="co-contract">{deal.contract}</div>
      <Facts
        of={[
          [
            t('lots.contractHash'),
            <code key="h" className="co-key">
              {deal.contractHash}
            </code>,
          ],
          ...sides.flatMap((side) =>
            roles.map((role) => {
              const one = signed(side, role);
              const label = `${t(`lots.side.${side}`)} · ${t(`lots.role.${role}`)}`;
              const told = one ? (
                <span key="w">
                  <When at={one.at} /> {one.isMe && t('lots.me')}
                </span>
              ) : (
                t('lots.notSigned')
              );
              return [label, told] as const;
            }),
          ),
        ]}
      />
      {deal.state === 'contracting' && !isMine && !isFull && (
        <Button
          type="primary"
          loading={act.busy}
          onClick={() =>
            void act.run({
              params: { id, dealId: deal.id },
              body: { contractHash: deal.contractHash },
            })
          }
        >
          {t('lots.sign')}
        </Button>
      )}
    </Panel>
  );
}

type OfTranche = Of & { tranche: LotTranche };

function Tranche({ id, deal, tranche }: OfTranche): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { state } = tranche;
  const isBuyer = deal.side === 'buyer';
  const isClaimed = state === 'disputed' || state === 'late_disputed';
  const of = { id, deal, tranche };
  return (
    <Panel title={t('lots.tranche', { n: tranche.no })}>
      <Facts
        of={[
          [
            t('lots.state'),
            <Stand key="s" state={state}>
              {pick(tranche.stateSaid)}
            </Stand>,
          ],
          [t('lots.cards'), tranche.cards],
          [t('lots.price'), <Money key="p" fen={tranche.priceFen} size="s" />],
          [t('lots.paid'), <Money key="a" fen={tranche.paidFen} size="s" />],
          [t('lots.fee'), <Money key="f" fen={tranche.feeFen} size="s" />],
          [t('lots.back'), <Money key="b" fen={tranche.backFen} size="s" />],
          [t('lots.failing'), <Money key="d" fen={tranche.failingFen} size="s" />],
          [t('lots.refunded'), <Money key="r" fen={tranche.refundFen} size="s" />],
          [t('lots.due'), tranche.dueAt ? <When key="w" at={tranche.dueAt} /> : '–'],
        ]}
      />
      {isBuyer && state !== 'reserved' && state !== 'cancelled' && <Take {...of} />}
      {isBuyer && state === 'delivered' && <Accept {...of} />}
      {isBuyer && tranche.opened && (state === 'delivered' || state === 'kept') && (
        <Report {...of} />
      )}
      {tranche.disputed.length > 0 && <Disputed of={tranche} />}
      {!isBuyer && isClaimed && <Agree {...of} />}
    </Panel>
  );
}

function Take({ id, deal, tranche }: OfTranche): ReactNode {
  const t = useSay();
  const words = useProblemWords();
  const { notification } = App.useApp();
  if (tranche.opened && !tranche.openedByMe)
    return <Alert type="info" showIcon title={t('lots.taken.other')} />;
  const take = async (format: 'csv' | 'xlsx'): Promise<void> => {
    try {
      const path = `/v1/recyclers/${id}/lot-deals/${deal.id}/tranches/${tranche.no}/cards.${format}`;
      saveAs(await takeFile(path), `cards_${tranche.no}.${format}`);
    } catch (error) {
      const { title, remedy } = words(error);
      notification.error({ title, description: remedy });
    }
  };
  return (
    <div className="co-actions">
      {(['xlsx', 'csv'] as const).map((format) => (
        <Button key={format} onClick={() => void take(format)}>
          {t('lots.take', { format: format.toUpperCase() })}
        </Button>
      ))}
    </div>
  );
}

function Accept({ id, deal, tranche }: OfTranche): ReactNode {
  const t = useSay();
  const act = useAct(
    'POST /v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/accept',
    t('lots.accepted'),
  );
  const params = { id, dealId: deal.id, tranche: String(tranche.no) };
  return (
    <Button type="primary" loading={act.busy} onClick={() => void act.run({ params })}>
      {t('lots.accept')}
    </Button>
  );
}

const failings: readonly FailingCode[] = [
  'USED_OR_VOID',
  'BAD_CREDENTIALS',
  'NOT_ACTIVATED',
  'EXPIRED',
  'FROZEN_BY_ISSUER',
  'FACE_MISMATCH_UNBOUND',
  'RESTRICTED',
];

function Report({ id, deal, tranche }: OfTranche): ReactNode {
  const t = useSay();
  const act = useAct(
    'POST /v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/report',
    t('lots.reported'),
  );
  const [text, setText] = useState('');
  const [failing, setFailing] = useState<FailingCode>('USED_OR_VOID');
  const nos = [
    ...new Set(
      text
        .split(/[^0-9]+/)
        .filter(Boolean)
        .map(Number),
    ),
  ];
  const params = { id, dealId: deal.id, tranche: String(tranche.no) };
  return (
    <form
      className="co-filters"
      onSubmit={(event) => {
        event.preventDefault();
        const rows = nos.map((row) => ({ row, failing }));
        void act.run({ params, body: { rows } }).then((done) => done && setText(''));
      }}
    >
      <Field label={t('lots.reportRows')} hint={t('lots.reportHint')}>
        <Input value={text} inputMode="numeric" onChange={({ target }) => setText(target.value)} />
      </Field>
      <Field label={t('lots.reportCode')}>
        <Select<FailingCode>
          value={failing}
          options={failings.map((value) => ({ value, label: t(`lots.code.${value}`) }))}
          onChange={setFailing}
        />
      </Field>
      <Button danger htmlType="submit" loading={act.busy} disabled={nos.length === 0}>
        {t('lots.report')}
      </Button>
    </form>
  );
}

export function Disputed({ of }: { of: Pick<LotTranche, 'disputed'> }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Listing
      caption={t('lots.failing')}
      rows={of.disputed}
      rowKey={({ row }) => String(row)}
      columns={[
        { title: t('lots.row'), show: ({ row }) => row },
        {
          title: t('lots.price'),
          align: 'right',
          show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
        },
        { title: t('lots.saidBuyer'), show: ({ reportedSaid }) => pick(reportedSaid) },
        {
          title: t('lots.saidIssuer'),
          show: ({ probedSaid }) => (probedSaid ? pick(probedSaid) : t('lots.probing')),
        },
      ]}
    />
  );
}

function Agree({ id, deal, tranche }: OfTranche): ReactNode {
  const t = useSay();
  const act = useAct(
    'POST /v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/agree',
    t('lots.agreed'),
  );
  const params = { id, dealId: deal.id, tranche: String(tranche.no) };
  return (
    <AskedButton
      loading={act.busy}
      label={t('lots.agree')}
      sure={<p>{t('lots.agreeSure')}</p>}
      act={() => act.run({ params })}
    />
  );
}
