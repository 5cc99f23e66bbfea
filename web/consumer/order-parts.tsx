/** The parts of an order page that belong to a state: checking, result, payout, and the ways it may end. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Code, RESULTS } from '../../src/cards/schema.ts';
import type { OrderView } from '../api.gen.ts';
import { call } from '../api.ts';
import {
  GradeBadge,
  Icon,
  Moment,
  Money,
  Notice,
  Refusal,
  useMoment,
  useNow,
  usePick,
  useRough,
  yuanText,
} from '../kit/index.ts';
import { useAct } from './act.tsx';
import { DemoForward } from './demo.tsx';
import { PayoutCheck } from './payout-check.tsx';
import { useTexts } from './texts.ts';

interface PartProps {
  order: OrderView;
}

const isCode = (code: string): code is Code => code in RESULTS;
const resultOf = (code: string | undefined) =>
  code !== undefined && isCode(code) ? RESULTS[code] : undefined;

export function Checking({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const waited = useRough(Math.max(0, useNow() - Date.parse(order.stateSince)));
  const waiting = order.state === 'waiting_issuer';
  const person = order.state === 'manual_review';
  const lines = [
    { key: 'sealed', text: t('liveSealed'), state: 'done' },
    { key: 'format', text: t('liveFormat'), state: 'done' },
    {
      key: 'issuer',
      text: waiting
        ? t('liveWaiting', { issuer: pick(order.product.issuerName) })
        : t('liveIssuer'),
      state: person ? 'done' : 'now',
    },
    ...(person ? [{ key: 'person', text: t('livePerson'), state: 'now' }] : []),
  ];
  const { verification } = order;
  return (
    <>
      <h2>{t('liveTitle')}</h2>
      <ul className="live" aria-live="polite" data-testid="live">
        {lines.map(({ key, text, state }) => (
          <li key={key} data-state={state}>
            {state === 'done' ? (
              <Icon name="check" size={18} />
            ) : (
              <span className="spinner" aria-hidden="true" />
            )}
            <span>{text}</span>
          </li>
        ))}
      </ul>
      {(waiting || person) && (
        <p className="fine" data-testid="waited">
          <Icon name="clock" size={16} /> {t('liveSince', { time: waited })}
        </p>
      )}
      {verification && <Verdict order={order} />}
      <Seen order={order} />
    </>
  );
}

/** What the check found, what it means, what to do. */
function Verdict({ order: { verification, state } }: PartProps): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  if (!verification) return null;
  const result = resultOf(verification.code);
  return (
    <div className="verdict" data-code={verification.code} data-testid="verdict">
      {verification.grade && <GradeBadge grade={verification.grade} />}
      {result && (
        <p>
          <strong>{pick(result.text)}</strong>
          {/* Once the new quote is answered, there is nothing left to choose. */}
          {(result.outcome !== 'requote' || state === 'requoted') && (
            <>
              <br />
              {pick(result.remedy)}
            </>
          )}
        </p>
      )}
      <dl className="facts">
        {verification.balanceFen && (
          <div>
            <dt>{t('resultBalance')}</dt>
            <dd>
              <Money fen={verification.balanceFen} />
            </dd>
          </div>
        )}
        {verification.at && (
          <div>
            <dt>{t('resultAt')}</dt>
            <dd>
              <Moment at={verification.at} form="minute" />
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

/** Whether anybody opened the sealed secret: the proof people ask for. */
export function Seen({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  return (
    <div data-testid="secret-proof" data-seen={order.secretSeen}>
      <Notice
        tone={order.secretSeen ? 'info' : 'good'}
        icon={order.secretSeen ? 'info' : 'shield'}
        title={t(order.secretSeen ? 'seenTitle' : 'proofTitle')}
      >
        <p>{t(order.secretSeen ? 'seenSay' : 'proofSay')}</p>
      </Notice>
    </div>
  );
}

export function Result({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  return (
    <>
      <h2>{t('resultTitle')}</h2>
      <Verdict order={order} />
      {order.payout ? <Payout order={order} /> : <PayRules />}
      {!order.payout && <DemoForward />}
    </>
  );
}

const FAILED = ['failed', 'failed_retryable', 'failed_final', 'returned'];

export function Payout({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const { payout } = order;
  if (!payout)
    return (
      <>
        <h2>{t('resultTitle')}</h2>
        <Verdict order={order} />
        <PayRules />
      </>
    );
  const extra =
    payout.compensationFen && payout.compensationFen !== '0'
      ? yuanText(payout.compensationFen)
      : undefined;
  return (
    <div className="payout" data-payout={payout.state} data-testid="payout">
      <h2>{t('payTitle')}</h2>
      <span className="calc-net-label">{t('payAmount')}</span>
      <Money fen={payout.amountFen} size="xl" />
      <p className="payout-date">
        <Icon name={payout.paidAt ? 'check' : 'bank'} size={20} />
        {payout.paidAt
          ? t('payPaid', { at: moment(payout.paidAt, 'minute') })
          : t('payPromise', { day: moment(payout.promisedOn, 'weekday') })}
      </p>
      {extra && (
        <Notice tone={payout.paidAt ? 'good' : 'warn'} icon="clock">
          <p data-testid="compensation">
            {payout.paidAt ? t('payCompensated', { extra }) : t('payLate', { extra })}
          </p>
        </Notice>
      )}
      {payout.check && <Check order={order} />}
      {FAILED.includes(payout.state) && (
        <Notice tone="seal" icon="warn">
          <p>{t('payFailed')}</p>
          <Link to="/me" className="hq-link">
            {t('payFix')}
          </Link>
        </Notice>
      )}
      {!payout.paidAt && <PayRules />}
      {!payout.paidAt && <DemoForward />}
      {order.verification && <Verdict order={order} />}
      {payout.paidAt && <Again />}
    </div>
  );
}

function Check({ order: { id, payout } }: PartProps): React.ReactNode {
  const queries = useQueryClient();
  const prove = useAct('POST /v1/orders/:id/prove-payout', (next) => {
    queries.setQueryData(['order', id], next);
  });
  if (!payout?.check) return null;
  return (
    <>
      <PayoutCheck
        check={payout.check}
        paid={payout.paidAt !== undefined}
        busy={prove.isPending}
        prove={() => prove.mutate({ params: { id }, body: {} })}
      />
      {prove.error && <Refusal of={prove.error} />}
    </>
  );
}

function PayRules(): React.ReactNode {
  const t = useTexts();
  return (
    <p className="fine">
      {t('payWhen')}{' '}
      <Link to="/how" hash="promise">
        {t('payRules')}
      </Link>
    </p>
  );
}

export function Rejected({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  return (
    <>
      <h2>{t('resultTitle')}</h2>
      <Verdict order={order} />
      <Seen order={order} />
      <Again />
    </>
  );
}

export function Returned({ order }: PartProps): React.ReactNode {
  return (
    <>
      <Seen order={order} />
      <Verdict order={order} />
      <Again />
    </>
  );
}

export function Ended({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const { sku } = order.product;
  const product = useQuery({
    queryKey: ['product', sku],
    queryFn: () => call('GET /v1/products/:sku', { params: { sku } }),
  });
  return (
    <div className="ended">
      {product.data && (
        <Link to="/cards/$sku" params={{ sku }} className="hq-button hq-button-wide">
          {t('sellSame')}
        </Link>
      )}
      <Again />
    </div>
  );
}

function Again(): React.ReactNode {
  const t = useTexts();
  return (
    <Link to="/" className="hq-button hq-button-quiet hq-button-wide" data-testid="sell-again">
      {t('sellAgain')}
    </Link>
  );
}
