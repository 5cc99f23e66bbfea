/** One lot of a company, from the empty file to the statement: each state shows what is to be done in it. */
import { Alert, Button, Checkbox, Input, InputNumber } from 'antd';
import { type ReactNode, useState } from 'react';
import { addLotPaper, serverNow, takeFile, uploadLot } from '../../api.ts';
import { Choices } from '../../kit/fields.tsx';
import { usePick } from '../../kit/language.tsx';
import { fenFromYuan, Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { LotView } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { AskedButton, useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { Bar, MakeUp, PickFile, Sample, Stand, saveAs, useFollow } from './lot-parts.tsx';

const EVERY_MS = 5_000;
interface Of {
  id: string;
  lot: LotView;
}
const addressOf = ({ id, lot }: Of): string => `/v1/recyclers/${id}/lots/${lot.id}`;

export function LotScreen(): ReactNode {
  const pick = usePick();
  const id = usePathPart('id');
  const lotId = usePathPart('lotId');
  useFollow(`/v1/recyclers/${id}/lots/${lotId}/events`);
  const asked = useAsk(
    'GET /v1/recyclers/:id/lots/:lotId',
    { params: { id, lotId } },
    { everyMs: EVERY_MS },
  );
  if (asked.error && !asked.data)
    return <Refusal of={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton lines={8} tall />;
  const lot = asked.data;
  const of = { id, lot };
  const has = (...states: LotView['state'][]): boolean => states.includes(lot.state);
  return (
    <Screen
      title={lot.title}
      lead={
        <>
          <Stand state={lot.state}>{pick(lot.stateSaid)}</Stand>{' '}
          {lot.dueAt && <When at={lot.dueAt} />}
        </>
      }
    >
      {lot.reasonSaid && (
        <Alert type="warning" showIcon title={pick(lot.reasonSaid)} role="alert" />
      )}
      {has('draft') && <File {...of} />}
      {has('validating') && <Importing {...of} />}
      {!has('draft', 'validating') && <Result {...of} />}
      {has('draft', 'papers', 'kyb_pending') && <Papers {...of} />}
      {has('ready') && <Open {...of} />}
      {lot.parts.length > 0 && <Parts {...of} />}
      {lot.makeUp.length > 0 && <Make {...of} />}
      <Sample of={lot.sample} />
      {lot.reissued > 0 && <Reissued {...of} />}
      {has('awarded', 'closed') && <Statement {...of} />}
      {has('draft', 'papers', 'ready') && <Withdraw {...of} />}
    </Screen>
  );
}

function File({ id, lot }: Of): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [share, setShare] = useState<number>();
  const { refused } = lot;
  return (
    <Panel
      title={t('lots.file')}
      note={t('lots.fileNote')}
      actions={
        <>
          <Button href="/v1/lots/template.xlsx">{t('lots.template')} XLSX</Button>
          <Button href="/v1/lots/template.csv">CSV</Button>
        </>
      }
    >
      {refused && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={`${t('lots.notTaken')}：${pick(refused.said)}`}
          description={pick(refused.remedy)}
        />
      )}
      {share !== undefined && (
        <Bar
          label={t('lots.uploading')}
          done={share}
          all={1}
          text={`${Math.round(share * 100)}%`}
        />
      )}
      <PickFile
        label={t('lots.pick')}
        accept=".xlsx,.csv,.txt"
        take={async (file) => {
          setShare(0);
          try {
            await uploadLot({ id, lotId: lot.id }, file, setShare);
          } finally {
            setShare(undefined);
          }
        }}
      />
    </Panel>
  );
}

function Importing({ lot }: Of): ReactNode {
  const t = useSay();
  const { read } = lot.progress;
  const text = t('lots.ofRows', { done: read, all: lot.declaredRows });
  return (
    <Panel title={t('lots.file')}>
      <Bar label={t('lots.importing')} done={read} all={lot.declaredRows} text={text} />
    </Panel>
  );
}

function Result(of: Of): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { lot } = of;
  const { read, good, bad, checkedGood, checkedBad } = lot.progress;
  const checked = checkedGood + checkedBad;
  return (
    <Panel
      title={t('lots.result')}
      actions={
        <>
          <Button href={`${addressOf(of)}/result.csv`}>{t('lots.resultFile')} CSV</Button>
          <Button href={`${addressOf(of)}/result.xlsx`}>XLSX</Button>
          {lot.state === 'papers' && <Again {...of} />}
        </>
      }
    >
      <Facts
        of={[
          [t('lots.read'), read],
          [t('lots.taken'), good],
          [t('lots.refused'), bad],
          [t('lots.passed'), checkedGood],
          [t('lots.failed'), checkedBad],
        ]}
      />
      {lot.state === 'checking' && (
        <Bar
          label={t('lots.checking')}
          done={checked}
          all={good}
          text={t('lots.ofCards', { done: checked, all: good })}
        />
      )}
      {lot.faults.length > 0 && (
        <Listing
          caption={t('lots.fault')}
          rows={lot.faults}
          rowKey={({ fault }) => fault}
          columns={[
            { title: t('lots.fault'), show: ({ said }) => pick(said) },
            { title: t('lots.cure'), show: ({ cure }) => pick(cure) },
            { title: t('lots.rows'), align: 'right', show: ({ rows }) => rows },
            { title: t('lots.first'), align: 'right', show: ({ firstRow }) => firstRow },
          ]}
        />
      )}
    </Panel>
  );
}

function Again({ id, lot }: Of): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/lots/:lotId/again');
  return (
    <AskedButton
      loading={act.busy}
      label={t('lots.again')}
      sure={<p>{t('lots.againSure')}</p>}
      act={() => act.run({ params: { id, lotId: lot.id } })}
    />
  );
}

function Papers({ id, lot }: Of): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/lots/:lotId/submit', t('lots.submitted'));
  const kinds = ['authorisation', 'purchase'] as const;
  const mayAdd = lot.state === 'draft' || lot.state === 'papers';
  return (
    <Panel title={t('lots.papers')} note={t('lots.papersNote')}>
      <ul className="co-checklist">
        {lot.papers.map((paper) => (
          <li key={paper.id}>
            <a
              href={`/v1/recyclers/${id}/lots/${lot.id}/papers/${paper.id}`}
              target="_blank"
              rel="noreferrer"
            >
              {t(paper.kind === 'purchase' ? 'lots.paper.purchase' : 'lots.paper.authorisation')}
            </a>
            <When at={paper.at} />
          </li>
        ))}
      </ul>
      {mayAdd && (
        <div className="co-actions">
          {kinds.map((kind) => (
            <PickFile
              key={kind}
              label={t('lots.addPaper', { kind: t(`lots.paper.${kind}`) })}
              accept="image/jpeg,image/png,image/webp,application/pdf"
              done={t('lots.paperAdded')}
              take={(file) => addLotPaper({ id, lotId: lot.id }, kind, file)}
            />
          ))}
        </div>
      )}
      {lot.state === 'papers' && (
        <>
          <p className="co-note">{t('lots.submitNote')}</p>
          <Button
            type="primary"
            loading={act.busy}
            disabled={lot.isMaker || new Set(lot.papers.map(({ kind }) => kind)).size < 2}
            onClick={() => void act.run({ params: { id, lotId: lot.id } })}
          >
            {t('lots.submit')}
          </Button>
        </>
      )}
    </Panel>
  );
}

const HOUR_MS = 3_600_000;

function Open({ id, lot }: Of): ReactNode {
  const t = useSay();
  const pick = usePick();
  const act = useAct('POST /v1/recyclers/:id/lots/:lotId/open', t('lots.opened'));
  const [kind, setKind] = useState<'rfq' | 'auction'>('rfq');
  const [split, setSplit] = useState<'whole' | 'product'>('whole');
  const [tranches, setTranches] = useState<number | null>(2);
  const [hours, setHours] = useState<number | null>(48);
  const [reserves, setReserves] = useState<Record<string, string>>({});
  const names = new Map(lot.makeUp.map(({ sku, productName }) => [sku, pick(productName)]));
  const parts = split === 'whole' ? ['all'] : [...names.keys()];
  const priced = parts.map((part) => ({
    part,
    reserveFen: fenFromYuan(reserves[part] ?? '') ?? '0',
  }));
  const ready = kind === 'rfq' || priced.every(({ reserveFen }) => reserveFen !== '0');
  const submit = (): void => {
    const closesAt = new Date(serverNow() + (hours ?? 48) * HOUR_MS).toISOString();
    const body = { kind, split, tranches: tranches ?? 1, closesAt };
    const params = { id, lotId: lot.id };
    void act.run({ params, body: { ...body, reserves: kind === 'rfq' ? [] : priced } });
  };
  return (
    <Panel title={t('lots.open')}>
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Choices<'rfq' | 'auction'>
          label={t('lots.kind')}
          value={kind}
          options={(['rfq', 'auction'] as const).map((value) => ({
            value,
            label: t(`lots.kind.${value}`),
          }))}
          onChange={setKind}
        />
        <Choices<'whole' | 'product'>
          label={t('lots.split')}
          value={split}
          options={(['whole', 'product'] as const).map((value) => ({
            value,
            label: t(`lots.split.${value}`),
          }))}
          onChange={setSplit}
        />
        <Field label={t('lots.tranches')}>
          <InputNumber min={1} max={5} precision={0} value={tranches} onChange={setTranches} />
        </Field>
        <Field label={t('lots.hours')}>
          <InputNumber min={1} max={168} precision={0} value={hours} onChange={setHours} />
        </Field>
        {kind === 'auction' &&
          parts.map((part) => (
            <Field
              key={part}
              label={t('lots.reserveOf', { product: names.get(part) ?? t('lots.whole') })}
            >
              <Input
                prefix="¥"
                inputMode="decimal"
                value={reserves[part] ?? ''}
                onChange={({ target }) => setReserves({ ...reserves, [part]: target.value })}
              />
            </Field>
          ))}
        <Button type="primary" htmlType="submit" loading={act.busy} disabled={!ready}>
          {t('lots.open')}
        </Button>
      </form>
    </Panel>
  );
}

function Parts({ id, lot }: Of): ReactNode {
  const t = useSay();
  const pick = usePick();
  const ask = useConfirm();
  const params = { id, lotId: lot.id };
  const award = useAct('POST /v1/recyclers/:id/lots/:lotId/award', t('lots.awarded'));
  const back = useAct('POST /v1/recyclers/:id/lots/:lotId/take-back');
  const offered = lot.parts.filter(({ bestFen }) => bestFen).map(({ no }) => no);
  const [left, setLeft] = useState<readonly number[]>([]);
  const chosen = offered.filter((no) => !left.includes(no));
  const isChoosing = lot.state === 'choosing';
  const give = (parts: number[], title: string): void =>
    ask({
      title,
      body: <p>{t('lots.awardSure')}</p>,
      calm: parts.length > 0,
      act: () => award.run({ params, body: { parts } }),
    });
  return (
    <Panel title={t('lots.parts')}>
      <Listing
        caption={t('lots.parts')}
        rows={lot.parts}
        rowKey={({ no }) => String(no)}
        columns={[
          {
            title: t('lots.part'),
            show: ({ no, productName }) => {
              const name = productName ? pick(productName) : t('lots.whole');
              return isChoosing && offered.includes(no) ? (
                <Checkbox
                  checked={chosen.includes(no)}
                  onChange={({ target }) =>
                    setLeft(target.checked ? left.filter((one) => one !== no) : [...left, no])
                  }
                >
                  {name}
                </Checkbox>
              ) : (
                name
              );
            },
          },
          { title: t('lots.cards'), align: 'right', show: ({ cards }) => cards },
          {
            title: t('lots.face'),
            align: 'right',
            show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
          },
          { title: t('lots.bids'), align: 'right', show: ({ bids }) => bids },
          {
            title: t('lots.best'),
            align: 'right',
            show: ({ bestFen }) =>
              bestFen ? (
                <Money fen={bestFen} size="s" />
              ) : lot.state === 'open' ? (
                t('lots.sealed')
              ) : (
                t('lots.noBid')
              ),
          },
          {
            title: t('lots.deal'),
            show: ({ dealId }) =>
              dealId ? (
                <Link to="/shops/$id/lot-deals/$dealId" params={{ id, dealId }}>
                  {t('lots.deal')}
                </Link>
              ) : (
                '–'
              ),
          },
        ]}
      />
      {isChoosing && (
        <div className="co-actions">
          <Button
            type="primary"
            loading={award.busy}
            disabled={chosen.length === 0}
            onClick={() => give(chosen, t('lots.award'))}
          >
            {t('lots.award')}
          </Button>
          <Button danger onClick={() => give([], t('lots.awardNone'))}>
            {t('lots.awardNone')}
          </Button>
        </div>
      )}
      {lot.state === 'open' && lot.parts.every(({ bids }) => bids === 0) && (
        <Button loading={back.busy} onClick={() => void back.run({ params })}>
          {t('lots.takeBack')}
        </Button>
      )}
    </Panel>
  );
}

function Make({ lot }: Of): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('lots.makeUp')}>
      <MakeUp groups={lot.makeUp} />
    </Panel>
  );
}

function Reissued(of: Of): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('lots.reissued', { n: of.lot.reissued })}>
      <Button
        onClick={() =>
          void takeFile(`${addressOf(of)}/returned-cards.xlsx`).then((blob) =>
            saveAs(blob, `returned_${of.lot.id}.xlsx`),
          )
        }
      >
        {t('lots.takeReissued')}
      </Button>
    </Panel>
  );
}

function Statement(of: Of): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('lots.statement')}>
      <div className="co-actions">
        <Button href={`${addressOf(of)}/statement.csv`}>{t('lots.statement')} CSV</Button>
        <Button href={`${addressOf(of)}/statement.xlsx`}>{t('lots.statement')} XLSX</Button>
      </div>
    </Panel>
  );
}

function Withdraw({ id, lot }: Of): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/lots/:lotId/withdraw');
  return (
    <AskedButton
      danger
      loading={act.busy}
      label={t('lots.withdraw')}
      sure={<p>{t('lots.withdrawSure')}</p>}
      act={() => act.run({ params: { id, lotId: lot.id } })}
    />
  );
}
