/** Cards on the chain that are stopped: why, how far the chain is, and how compliance frees one. */
import { Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Empty, Refusal, Skeleton } from '../../kit/states.tsx';
import type { FrozenCard, TroubledReissue } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';

const EVERY_MS = 15_000;
const REASON_MIN = 10;
const REASON_MAX = 400;

export function FrozenCardsScreen(): ReactNode {
  const t = useSay();
  const exchange = useAsk('GET /v1/exchange', {});
  return (
    <Screen title={t('frozen.title')} lead={t('frozen.lead')}>
      {exchange.error && <Refusal of={exchange.error} onRetry={() => void exchange.refetch()} />}
      {!exchange.data && !exchange.error && <Skeleton lines={4} />}
      {exchange.data &&
        (exchange.data.chain ? (
          <>
            <Cards />
            {exchange.data.features.includes('reissue') && <Reissues />}
          </>
        ) : (
          <Empty icon="lock" title={t('frozen.off')} say={t('frozen.offNext')} />
        ))}
    </Screen>
  );
}

function Cards(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const may = useMay(['compliance']);
  const [{ cursor }, filter] = useFilters();
  const [freeing, setFreeing] = useState<FrozenCard>();
  const cards = useAsk(
    'GET /v1/console/exchange/frozen',
    { query: filled({ cursor }) },
    { everyMs: EVERY_MS },
  );
  return (
    <>
      <Listing
        caption={t('frozen.title')}
        rows={cards.data?.items}
        error={cards.error}
        refetch={cards.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('frozen.empty'), next: t('frozen.emptyNext') }}
        paging={{ next: cards.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('orders.product'),
            show: ({ product, last4 }) => (
              <span className="co-twoline">
                <span>{pick(product)}</span>
                <small>…{last4}</small>
              </span>
            ),
          },
          {
            title: t('market.promised'),
            align: 'right',
            show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
          },
          { title: t('frozen.why'), show: ({ reason }) => <Why of={reason} /> },
          { title: t('chain.chain'), show: (one) => <OnChain of={one} /> },
          {
            title: t('orders.since'),
            show: ({ cases: [newest] }) => newest && <When at={newest.openedAt} />,
          },
          { title: t('frozen.case'), show: ({ cases: [newest] }) => <Hash of={newest} /> },
          ...(may
            ? [
                {
                  title: t('shell.actions'),
                  show: (one: FrozenCard) => (
                    <Button size="small" onClick={() => setFreeing(one)} data-testid="thaw">
                      {t('frozen.thaw')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Thaw key={freeing?.id} of={freeing} close={() => setFreeing(undefined)} />
    </>
  );
}

/** Sales by re-issue that did not go as they should; nothing where all of them did. */
function Reissues(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const may = useMay(['compliance', 'risk']);
  const found = useAsk('GET /v1/console/exchange/reissues', {}, { everyMs: EVERY_MS });
  if (found.data?.items.length === 0) return null;
  return (
    <>
      <h2>{t('reissue.title')}</h2>
      <p>{t('reissue.lead')}</p>
      <Listing<TroubledReissue>
        caption={t('reissue.title')}
        rows={found.data?.items}
        error={found.error}
        refetch={found.refetch}
        rowKey={({ id }) => id}
        columns={[
          {
            title: t('orders.product'),
            show: ({ product, last4 }) => (
              <span className="co-twoline">
                <span>{pick(product)}</span>
                <small>…{last4}</small>
              </span>
            ),
          },
          {
            title: t('reissue.price'),
            align: 'right',
            show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
          },
          { title: t('reissue.what'), show: ({ reason }) => <Trouble of={reason} /> },
          {
            title: t('reissue.state'),
            show: ({ state }) => <StateMark process="reissue" state={state} />,
          },
          { title: t('reissue.until'), show: ({ until }) => <When at={until} /> },
          ...(may
            ? [
                {
                  title: t('shell.actions'),
                  show: (one: TroubledReissue) => <TroubleActs of={one} />,
                },
              ]
            : []),
        ]}
      />
    </>
  );
}

/** An issuer that has come back after the thirty days is asked; a card that the contract kept goes to its buyer. */
function TroubleActs({ of }: { of: TroubledReissue }): ReactNode {
  const mayHandOver = useMay(['compliance']);
  if (of.state === 'unresolved') return <AskAgain id={of.id} />;
  return of.state === 'kept' && mayHandOver ? <HandOver id={of.id} /> : '–';
}

function AskAgain({ id }: { id: string }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/console/exchange/reissues/:id/ask', t('reissue.asked'));
  return (
    <Button
      size="small"
      loading={act.busy}
      data-testid="ask-again"
      onClick={() => void act.run({ params: { id }, body: {} })}
    >
      {t('reissue.ask')}
    </Button>
  );
}

function HandOver({ id }: { id: string }): ReactNode {
  const t = useSay();
  const [isOpen, setOpen] = useState(false);
  const act = useAct('POST /v1/console/exchange/reissues/:id/hand-over', t('reissue.handed'));
  const [title, say, why] = [t('reissue.hand'), t('reissue.handSay'), t('reissue.handWhy')];
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} data-testid="hand-over">
        {title}
      </Button>
      <WithReason
        key={String(isOpen)}
        open={isOpen}
        words={{ title, say, why }}
        busy={act.busy}
        close={() => setOpen(false)}
        run={async (reason) => await act.run({ params: { id }, body: { reason } })}
      />
    </>
  );
}

const TROUBLES = {
  REISSUED_UNSIGNED: 'reissue.unsigned',
  REISSUED_OTHER: 'reissue.other',
  REISSUED_SHORT: 'reissue.short',
} as const;

function Trouble({ of = '' }: { of: string | undefined }): ReactNode {
  const t = useSay();
  return of in TROUBLES ? t(TROUBLES[of as keyof typeof TROUBLES]) : of || '–';
}

function Why({ of = '' }: { of: string | undefined }): ReactNode {
  const t = useSay();
  const pick = usePick();
  if (of === 'ISSUER_STOLEN') return t('frozen.stolen');
  if (of === 'ISSUER_USED') return t('frozen.used');
  if (of === 'ISSUER_BLOCKED') return t('frozen.blocked');
  if (of === 'WRONG_DELIVERY') return t('frozen.delivery');
  if (of === 'BUYER_NOT_ADMITTED') return t('frozen.notAdmitted');
  if (of === 'ISSUER_SILENT') return t('frozen.silent');
  if (of === 'LOCK_LAPSED') return t('frozen.lapsed');
  return of in RESULTS ? pick(RESULTS[of as Code].text) : of;
}

/** It holds in the house at once; until the chain has it too, a wallet can still send its own transactions. */
function OnChain({ of }: { of: FrozenCard }): ReactNode {
  const t = useSay();
  const [newest] = of.cases;
  if (of.holding === 'FROZEN') return <Mark tone="good">{t('frozen.there')}</Mark>;
  return newest && <StateMark process="card_case" state={newest.state} />;
}

const Hash = ({ of }: { of: FrozenCard['cases'][number] | undefined }): ReactNode =>
  of ? <ShortId id={of.caseHash} plain /> : '–';

function Thaw({ of, close }: { of: FrozenCard | undefined; close: () => void }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/console/exchange/tokens/:id/thaw', t('frozen.thawed'));
  return (
    <WithReason
      open={of !== undefined}
      words={{ title: t('frozen.thaw'), say: t('frozen.thawSay'), why: t('frozen.reason') }}
      busy={act.busy}
      close={close}
      run={async (reason) =>
        of !== undefined && (await act.run({ params: { id: of.id }, body: { reason } }))
      }
    />
  );
}

/** What compliance does to a card, with the reason that goes on record. */
function WithReason({
  open,
  words,
  busy,
  close,
  run,
}: {
  open: boolean;
  words: { title: string; say: string; why: string };
  busy: boolean;
  close: () => void;
  run: (reason: string) => Promise<boolean>;
}): ReactNode {
  const t = useSay();
  const [reason, setReason] = useState('');
  const submit = async (): Promise<void> => {
    if (await run(reason.trim())) close();
  };
  return (
    <Modal
      open={open}
      title={words.title}
      okText={words.title}
      okButtonProps={{ disabled: reason.trim().length < REASON_MIN }}
      cancelText={t('shell.cancel')}
      confirmLoading={busy}
      destroyOnHidden
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <p>{words.say}</p>
        <Field label={words.why} hint={t('frozen.reasonHint')}>
          <Input.TextArea
            value={reason}
            rows={3}
            maxLength={REASON_MAX}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
      </div>
    </Modal>
  );
}
