/** One order whole: where it stands, its quote, its card, its money, and everything that ever happened to it. */

import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { FeeSheet } from '../../kit/fee-sheet.tsx';
import { GradeBadge } from '../../kit/grade.tsx';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { ConsoleOrderDetail, OrderView, QuoteDoc } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { Icon } from '../parts/icons.tsx';
import { ShortId } from '../parts/id.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { CategoryName, Mark, StateMark } from '../parts/tags.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { placeOf } from '../places.ts';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';
import { OpenCaseDialog } from './open-case.tsx';
import { RequestRevealDialog } from './request-reveal.tsx';

const EVERY_MS = 10_000;

export function OrderScreen(): ReactNode {
  const t = useSay();
  const id = usePathPart('id');
  const { data, error, refetch } = useAsk(
    'GET /v1/console/orders/:id',
    { params: { id } },
    { everyMs: EVERY_MS },
  );
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} tall />;
  const { order, view } = data;
  return (
    <Screen
      title={t('order.title', { id: order.id.slice(-8) })}
      lead={
        <>
          <StateMark process="buyback" state={order.state} />{' '}
          {order.deadline && <Due at={order.deadline.at} />}
        </>
      }
      actions={<Actions of={data} />}
    >
      <div className="co-split">
        <div>
          <Summary of={data} />
          <Verification of={view} />
          <Payout of={view} />
        </div>
        <div>
          {view.quote && <Quote title={t('order.quote')} of={view.quote} />}
          {view.requote && <Quote title={t('order.requote')} of={view.requote} />}
        </div>
        <Timeline process="buyback" of={data.timeline} />
      </div>
    </Screen>
  );
}

/** The transitions that open a case: before and after the seller was credited. */
const CASE = ['dispute', 'contest'];

function Actions({ of }: { of: ConsoleOrderDetail }): ReactNode {
  const t = useSay();
  const [open, setOpen] = useState<'case' | 'reveal'>();
  const mayCase = useMay(['support', 'risk', 'admin']);
  const mayReveal = useMay(['risk', 'support']);
  const { order, allowed } = of;
  const { cardId } = order;
  const close = (): void => setOpen(undefined);
  return (
    <>
      {mayCase && allowed.some((name) => CASE.includes(name)) && (
        <Button icon={<Icon name="scale" />} onClick={() => setOpen('case')}>
          {t('order.openCase')}
        </Button>
      )}
      {mayReveal && cardId && (
        <Button icon={<Icon name="eye" />} onClick={() => setOpen('reveal')}>
          {t('order.reveal')}
        </Button>
      )}
      <OpenCaseDialog orderId={order.id} open={open === 'case'} close={close} />
      {cardId && (
        <RequestRevealDialog
          cardId={cardId}
          orderRef={order.id}
          open={open === 'reveal'}
          close={close}
        />
      )}
    </>
  );
}

function Summary({ of }: { of: ConsoleOrderDetail }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { order, view, allowed } = of;
  const books = useMay(placeOf('/ledger')?.roles ?? []);
  const proof = useMay(placeOf('/record')?.roles ?? []);
  return (
    <Panel title={t('order.facts')}>
      <Facts
        of={[
          [t('orders.id'), <ShortId key="i" id={order.id} />],
          [t('orders.product'), pick(order.productName)],
          [t('overview.categories'), <CategoryName key="c" of={order.category} />],
          [t('orders.face'), <Money key="f" fen={order.faceFen} size="s" />],
          [t('order.seller'), <ShortId key="p" id={order.seller} plain />],
          [t('treasury.recycler'), order.recycler],
          [t('order.card'), order.cardLast4 ? <code key="l">{order.cardLast4}</code> : '–'],
          [t('orders.created'), <When key="w" at={order.createdAt} />],
          [t('orders.since'), <When key="s" at={order.stateSince} />],
          [
            t('order.secretSeen'),
            <Mark key="m" tone={view.secretSeen ? 'warn' : 'good'} icon="eye">
              {view.secretSeen ? t('order.secretYes') : t('order.secretNo')}
            </Mark>,
          ],
          [
            t('order.allowed'),
            allowed.length > 0 ? <code key="a">{allowed.join(', ')}</code> : t('shell.none'),
          ],
        ]}
      />
      {proof && (
        <p className="co-links">
          {books && (
            <Link to="/ledger" search={{ subject: order.id }}>
              {t('order.ledger')}
            </Link>
          )}
          <Link to="/record" search={{ subject: order.id }}>
            {t('order.record')}
          </Link>
        </p>
      )}
    </Panel>
  );
}

function Quote({ title, of }: { title: string; of: QuoteDoc }): ReactNode {
  return (
    <Panel title={title} note={<code className="co-small">{of.model}</code>}>
      <FeeSheet grossFen={of.grossFen} lines={of.lines} netFen={of.netFen} />
    </Panel>
  );
}

function Verification({ of }: { of: OrderView }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const found = of.verification;
  const result = found && RESULTS[found.code as Code];
  return (
    <Panel title={t('order.verification')}>
      {found ? (
        <Facts
          of={[
            [
              t('order.code'),
              <span key="c" className="co-twoline">
                <span>{result ? pick(result.text) : found.code}</span>
                <small>
                  <code>{found.code}</code>
                </small>
              </span>,
            ],
            [t('order.grade'), found.grade ? <GradeBadge key="g" grade={found.grade} /> : '–'],
            [
              t('order.balance'),
              found.balanceFen ? <Money key="b" fen={found.balanceFen} size="s" /> : '–',
            ],
            [t('order.verifiedAt'), found.at ? <When key="w" at={found.at} /> : '–'],
          ]}
        />
      ) : (
        <p className="co-note">
          {t('order.notVerified')} {t('order.notVerifiedNext')}
        </p>
      )}
    </Panel>
  );
}

function Payout({ of }: { of: OrderView }): ReactNode {
  const t = useSay();
  const { payout } = of;
  return (
    <Panel title={t('order.payout')}>
      {payout ? (
        <Facts
          of={[
            [t('orders.state'), <StateMark key="s" process="payout" state={payout.state} />],
            [t('payouts.amount'), <Money key="a" fen={payout.amountFen} size="s" />],
            [t('payouts.promised'), payout.promisedOn],
            [t('payouts.paidAt'), payout.paidAt ? <When key="p" at={payout.paidAt} /> : '–'],
            [
              t('payouts.compensation'),
              payout.compensationFen ? (
                <Money key="c" fen={payout.compensationFen} size="s" />
              ) : (
                t('shell.none')
              ),
            ],
          ]}
        />
      ) : (
        <p className="co-note">
          {t('order.noPayout')} {t('order.noPayoutNext')}
        </p>
      )}
    </Panel>
  );
}
