/** One lot for staff: its papers, the check, the sample to record in the order of the draw, and failing cards. */
import { Button, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { LotFile } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { AskedButton, useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';
import { Disputed } from '../shop/lot-deal.tsx';
import { MakeUp, Sample } from '../shop/lot-parts.tsx';

const EVERY_MS = 5_000;

export function LotScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const lotId = usePathPart('lotId');
  const judge = useMay(['risk', 'compliance', 'admin']);
  const file = useAsk('GET /v1/console/lots/:lotId', { params: { lotId } }, { everyMs: EVERY_MS });
  if (file.error && !file.data)
    return <Refusal of={file.error} onRetry={() => void file.refetch()} />;
  if (!file.data) return <Skeleton lines={8} tall />;
  const lot = file.data;
  const { read, good, bad, checkedGood, checkedBad } = lot.progress;
  return (
    <Screen
      title={lot.title}
      lead={
        <>
          <StateMark process="lot" state={lot.state} /> {lot.reasonSaid && pick(lot.reasonSaid)}
        </>
      }
    >
      <Facts
        of={[
          [
            t('lots.company'),
            <Link key="c" to="/recyclers/$id" params={{ id: lot.companyId }}>
              {lot.company}
            </Link>,
          ],
          [t('lots.read'), read],
          [t('lots.taken'), good],
          [t('lots.refused'), bad],
          [t('lots.passed'), checkedGood],
          [t('lots.failed'), checkedBad],
        ]}
      />
      {judge && <Papers of={lot} />}
      {judge && <Acts of={lot} />}
      {lot.state === 'sampling' && <Look of={lot} judge={judge} />}
      <Sample of={lot.sample} />
      <Panel title={t('lots.makeUp')}>
        <MakeUp groups={lot.makeUp} />
      </Panel>
      {lot.deals.map((deal) => (
        <Deal key={deal.id} lot={lot} deal={deal} judge={judge} />
      ))}
    </Screen>
  );
}

function Papers({ of }: { of: LotFile }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('lots.papers')}>
      <ul className="co-checklist">
        {of.papers.map(({ id, kind, at }) => (
          <li key={id}>
            <a href={`/v1/console/lots/${of.id}/papers/${id}`} target="_blank" rel="noreferrer">
              {t(kind === 'purchase' ? 'lots.paper.purchase' : 'lots.paper.authorisation')}
            </a>
            <When at={at} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const reasons = ['paper_unreadable', 'paper_wrong', 'title_unproven', 'sample_failed'] as const;
type Why = (typeof reasons)[number];
const STOPPABLE: readonly LotFile['state'][] = ['kyb_pending', 'checking', 'sampling'];

function Acts({ of }: { of: LotFile }): ReactNode {
  const t = useSay();
  const ask = useConfirm();
  const params = { lotId: of.id };
  const approve = useAct('POST /v1/console/lots/:lotId/approve', t('lots.approved'));
  const back = useAct('POST /v1/console/lots/:lotId/send-back', t('lots.acted'));
  const stop = useAct('POST /v1/console/lots/:lotId/stop', t('lots.acted'));
  const [why, setWhy] = useState<Why>('paper_unreadable');
  if (!STOPPABLE.includes(of.state)) return null;
  const isPapers = of.state === 'kyb_pending';
  const sure = (title: string, act: () => Promise<unknown>): void =>
    ask({ title, body: <p>{t(`lots.why.${why}`)}</p>, act });
  return (
    <Panel title={t('shell.actions')}>
      <div className="co-filters">
        {isPapers && (
          <Button
            type="primary"
            loading={approve.busy}
            onClick={() => void approve.run({ params })}
          >
            {t('lots.approve')}
          </Button>
        )}
        <Field label={t('lots.why')}>
          <Select<Why>
            value={why}
            options={reasons.map((value) => ({ value, label: t(`lots.why.${value}`) }))}
            onChange={setWhy}
          />
        </Field>
        {isPapers && (
          <Button
            onClick={() => sure(t('lots.sendBack'), () => back.run({ params, body: { why } }))}
          >
            {t('lots.sendBack')}
          </Button>
        )}
        <Button
          danger
          onClick={() => sure(t('lots.end'), () => stop.run({ params, body: { why } }))}
        >
          {t('lots.end')}
        </Button>
      </div>
    </Panel>
  );
}

const SHOWN = 20;

function Look({ of, judge }: { of: LotFile; judge: boolean }): ReactNode {
  const t = useSay();
  const params = { lotId: of.id };
  const act = useAct('POST /v1/console/lots/:lotId/sample');
  const left = of.toLookAt.filter(({ ok }) => ok === undefined);
  const [next] = left;
  return (
    <Panel title={t('lots.toLook')} note={t('lots.sampleNote')}>
      <Listing
        caption={t('lots.toLook')}
        rows={left.slice(0, SHOWN)}
        rowKey={({ row }) => String(row)}
        columns={[
          { title: t('lots.row'), show: ({ row }) => row },
          { title: t('lots.product'), show: ({ sku }) => <code>{sku}</code> },
          {
            title: t('lots.faceEach'),
            align: 'right',
            show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
          },
        ]}
      />
      {judge && next && (
        <div className="co-actions">
          <Button
            type="primary"
            loading={act.busy}
            onClick={() =>
              void act.run({
                params,
                body: { results: left.map(({ row }) => ({ row, ok: true })) },
              })
            }
          >
            {t('lots.nextOk')}
          </Button>
          <Button
            danger
            loading={act.busy}
            onClick={() =>
              void act.run({ params, body: { results: [{ row: next.row, ok: false }] } })
            }
          >
            {t('lots.nextBad')}
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface DealProps {
  lot: LotFile;
  deal: LotFile['deals'][number];
  judge: boolean;
}

function Deal({ lot, deal, judge }: DealProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const act = useAct(
    'POST /v1/console/lots/:lotId/deals/:dealId/tranches/:tranche/decide',
    t('lots.decided'),
  );
  return (
    <Panel title={`${t('lots.deal')} · ${deal.other}`} note={pick(deal.stateSaid)}>
      <Listing
        caption={t('lots.deal')}
        rows={deal.tranches}
        rowKey={({ no }) => String(no)}
        columns={[
          { title: t('lots.part'), show: ({ no }) => t('lots.tranche', { n: no }) },
          { title: t('lots.state'), show: ({ stateSaid }) => pick(stateSaid) },
          {
            title: t('lots.price'),
            align: 'right',
            show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
          },
          {
            title: t('lots.paid'),
            align: 'right',
            show: ({ paidFen }) => <Money fen={paidFen} size="s" />,
          },
          {
            title: t('lots.back'),
            align: 'right',
            show: ({ backFen }) => <Money fen={backFen} size="s" />,
          },
          {
            title: t('lots.refunded'),
            align: 'right',
            show: ({ refundFen }) => <Money fen={refundFen} size="s" />,
          },
        ]}
      />
      {deal.tranches
        .filter(({ disputed }) => disputed.length > 0)
        .map((tranche) => (
          <div key={tranche.no}>
            <Disputed of={tranche} />
            {judge && (
              <AskedButton
                loading={act.busy}
                label={t('lots.decide')}
                sure={<p>{t('lots.decideSure')}</p>}
                act={() =>
                  act.run({
                    params: { lotId: lot.id, dealId: deal.id, tranche: String(tranche.no) },
                    body: {},
                  })
                }
              />
            )}
          </div>
        ))}
    </Panel>
  );
}
