/** The cards that bids have bought and auctions have won: opened once, reported once, or accepted by silence. */
import { Button, Input, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { CODES, type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import type { BoughtCard } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { ScorecardPanel } from './scorecard.tsx';
import { may, useShop } from './shop.ts';

const EVERY_MS = 10_000;
/** What a recycler can say is wrong: not that all is well, and not that the issuer is silent. */
const REASONS = CODES.filter((code) => !['pass', 'wait'].includes(RESULTS[code].outcome));

interface Shown {
  readonly number: string;
  readonly pin?: string;
}

export function CardsScreen(): ReactNode {
  const t = useSay();
  const id = usePathPart('id');
  const { data: shop } = useShop();
  const [cursor, go] = useState<string>();
  const [shown, setShown] = useState<Shown>();
  const [reporting, setReporting] = useState<BoughtCard>();
  const query = { limit: 20, ...(cursor && { cursor }) };
  const list = useAsk(
    'GET /v1/recyclers/:id/orders',
    { params: { id }, query },
    { everyMs: EVERY_MS },
  );
  const score = useAsk('GET /v1/recyclers/:id/scorecard', { params: { id } });
  const acts = shop !== undefined && may(shop, 'buyer');
  return (
    <Screen title={t('cards.nav')} lead={t('cards.lead')}>
      {shown && <Secret of={shown} />}
      <Panel title={t('cards.nav')}>
        <Listing
          caption={t('cards.nav')}
          rows={list.data?.items}
          error={list.error}
          refetch={list.refetch}
          rowKey={(one) => one.id}
          empty={{ title: t('cards.none'), next: t('cards.noneNext') }}
          paging={{ next: list.data?.next, cursor, go }}
          columns={[
            { title: t('cards.card'), show: (one) => <Name of={one} /> },
            {
              title: t('cards.price'),
              align: 'right',
              show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
            },
            { title: t('cards.state'), show: (one) => <State of={one} /> },
            { title: t('cards.report'), show: (one) => <ReportSaid of={one} /> },
            {
              title: t('shell.actions'),
              show: (one) =>
                acts && (
                  <Acts of={one} shop={id} show={setShown} report={() => setReporting(one)} />
                ),
            },
          ]}
        />
      </Panel>
      <ScorecardPanel of={score.data} />
      {reporting && <ReportForm shop={id} of={reporting} close={() => setReporting(undefined)} />}
    </Screen>
  );
}

function Name({ of }: { of: BoughtCard }): ReactNode {
  const pick = usePick();
  return (
    <span className="co-twoline">
      <span>{pick(of.productName)}</span>
      <small>
        <Money fen={of.faceFen} size="s" />
        {of.cardLast4 && ` · ••${of.cardLast4}`}
      </small>
    </span>
  );
}

const tones: Record<string, Tone> = {
  verified: 'good',
  settled: 'good',
  closed: 'idle',
  disputed: 'warn',
  contested: 'warn',
  refunded: 'idle',
  rejected: 'idle',
  returned: 'idle',
  cancelled: 'idle',
};

function State({ of }: { of: BoughtCard }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <span className="co-twoline">
      <Mark tone={tones[of.state] ?? 'run'}>{pick(of.stateSaid)}</Mark>
      {of.mayReport && of.state === 'settled' && of.deadline && (
        <small>
          {t('cards.until', { at: '' })}
          <When at={of.deadline.at} />
        </small>
      )}
    </span>
  );
}

function ReportSaid({ of: { report } }: { of: BoughtCard }): ReactNode {
  const t = useSay();
  const pick = usePick();
  if (!report) return '–';
  const finding = report.finding ?? 'waiting';
  return (
    <span className="co-twoline">
      <span>{pick(RESULTS[report.reason as Code].text)}</span>
      <small>
        {t(`cards.finding.${finding}`)}
        {report.answer && ` · ${t(`cards.answer.${report.answer}`)}`}
        {report.outcome && ` · ${t(`cards.outcome.${report.outcome}`)}`}
      </small>
    </span>
  );
}

interface ActsProps {
  of: BoughtCard;
  shop: string;
  show: (secret: Shown) => void;
  report: () => void;
}

function Acts({ of, shop, show, report }: ActsProps): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/orders/:orderId/card');
  const open = async (): Promise<void> => {
    const seen = await act.ask({ params: { id: shop, orderId: of.id } });
    if (seen) show(seen.reply);
  };
  return (
    <span className="co-acts">
      {of.mayReveal && (
        <AskedButton
          type="primary"
          loading={act.busy}
          label={t('cards.open')}
          sure={<p>{t('cards.openSure')}</p>}
          calm
          act={open}
        />
      )}
      {of.mayReport && <Button onClick={report}>{t('cards.reportTitle')}</Button>}
    </span>
  );
}

function Secret({ of }: { of: Shown }): ReactNode {
  const t = useSay();
  const rows: [string, ReactNode][] = [
    [
      t('cards.number'),
      <code key="number" className="co-key">
        {of.number}
      </code>,
    ],
  ];
  if (of.pin)
    rows.push([
      t('cards.pin'),
      <code key="pin" className="co-key">
        {of.pin}
      </code>,
    ]);
  return (
    <Panel title={t('cards.once')}>
      <Facts of={rows} />
    </Panel>
  );
}

function ReportForm(props: { shop: string; of: BoughtCard; close: () => void }): ReactNode {
  const { shop, of, close } = props;
  const t = useSay();
  const pick = usePick();
  const [reason, setReason] = useState<Code>('USED_OR_VOID');
  const [note, setNote] = useState('');
  const act = useAct('POST /v1/recyclers/:id/orders/:orderId/report', t('cards.reported'));
  const send = async (): Promise<void> => {
    const input = { params: { id: shop, orderId: of.id }, body: { reason, note: note.trim() } };
    if (await act.run(input)) close();
  };
  return (
    <Modal
      open
      title={t('cards.reportTitle')}
      onCancel={close}
      okText={t('cards.reportSend')}
      cancelText={t('shell.cancel')}
      okButtonProps={{ danger: true, disabled: note.trim().length < 3, loading: act.busy }}
      onOk={() => void send()}
    >
      <Name of={of} />
      <p className="co-note">{t('cards.reportSay')}</p>
      <Field label={t('cards.reportWhat')}>
        <Select<Code>
          value={reason}
          onChange={setReason}
          options={REASONS.map((code) => ({ value: code, label: pick(RESULTS[code].text) }))}
        />
      </Field>
      <Field label={t('cards.reportNote')}>
        <Input.TextArea
          rows={3}
          maxLength={500}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
      </Field>
    </Modal>
  );
}
