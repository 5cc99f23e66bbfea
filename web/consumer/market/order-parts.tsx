/** What an order page holds in each state: paying, handing over, seeing the card, checking it, its end. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Code } from '../../../src/cards/schema.ts';
import { call, type Reply } from '../../api.ts';
import {
  Check,
  Choices,
  Confirm,
  Field,
  Icon,
  Moment,
  Money,
  Notice,
  Refusal,
  Sheet,
  Skeleton,
  toast,
  usePick,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { DemoCard } from '../demo.tsx';
import { useTexts } from '../texts.ts';
import { orderKey, Stars } from './parts.tsx';
import { useReason } from './reasons.ts';
import type { MarketOrder } from './types.ts';

interface PartProps {
  order: MarketOrder;
}

export type Secret = Reply<'POST /v1/market/orders/:id/reveal'>;

interface RevealProps extends PartProps {
  onSecret: (secret: Secret) => void;
}

/** After a command, the order that it answered with is the newest there is. */
function useTake(id: string): (next: MarketOrder) => void {
  const queries = useQueryClient();
  return (next) => queries.setQueryData(orderKey(id), next);
}

export function Pay({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const url = order.payment?.payUrl;
  return (
    <>
      <h2>{t('mkTotal')}</h2>
      <Money fen={order.payment?.amountFen ?? order.totalFen} size="xl" />
      <p className="fine">{order.payment && t(`mkChannel_${order.payment.channel}`)}</p>
      {url ? (
        <a
          className="hq-button hq-button-wide hq-button-big"
          href={url}
          target="_blank"
          rel="noreferrer"
          data-testid="pay"
        >
          {t('mkPayGo')}
        </a>
      ) : (
        <p className="fine" role="status">
          <span className="spinner" aria-hidden="true" /> {t('mkPayWait')}
        </p>
      )}
      <p className="fine">{t('mkPaySay')}</p>
    </>
  );
}

export function Deliver({ order }: PartProps): React.ReactNode {
  return order.delivery === 'mail' ? <Post order={order} /> : <HandOver order={order} />;
}

function HandOver({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const take = useTake(order.id);
  const { sku } = order.product;
  const product = useQuery({
    queryKey: ['product', sku],
    queryFn: () => call('GET /v1/products/:sku', { params: { sku } }),
  });
  const deliver = useAct('POST /v1/market/orders/:id/deliver', take);
  if (product.error) return <Refusal of={product.error} onRetry={() => void product.refetch()} />;
  if (!product.data) return <Skeleton lines={3} />;
  return (
    <>
      <h2>{t('mkDeliverTitle')}</h2>
      <p>{t('mkDeliverSay')}</p>
      <CardForm
        product={product.data}
        busy={deliver.isPending}
        error={deliver.error}
        act={t('mkDeliverTitle')}
        onSend={(body) => deliver.mutate({ params: { id: order.id }, body })}
      />
    </>
  );
}

interface CardFormProps {
  product: Pick<Reply<'GET /v1/products/:sku'>, 'sku' | 'numberRule' | 'pinRule'>;
  busy: boolean;
  error: unknown;
  act: string;
  onSend: (card: { number: string; pin?: string }) => void;
}

/** Number and PIN on their way into the vault; they live in this form only. */
export function CardForm({ product, busy, error, act, onSend }: CardFormProps): React.ReactNode {
  const t = useTexts();
  const [number, setNumber] = useState('');
  const [pin, setPin] = useState('');
  const { numberRule, pinRule } = product;
  return (
    <form
      className="form"
      noValidate
      autoComplete="off"
      data-testid="card-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ number, ...(pinRule && pin !== '' && { pin }) });
        setPin('');
      }}
    >
      <DemoCard sku={product.sku} />
      <Field
        label={t('handNumber')}
        value={number}
        onChange={setNumber}
        hint={t('handNumberHint', { n: numberRule.length })}
        autoComplete="off"
        spellCheck={false}
        data-testid="card-number"
        required
      />
      {pinRule && (
        <Field
          label={t('handPin')}
          value={pin}
          onChange={setPin}
          type="password"
          hint={t('handPinHint', { n: pinRule.length })}
          autoComplete="off"
          data-testid="card-pin"
          required
        />
      )}
      {error ? <Refusal of={error} /> : null}
      <Do
        submit
        busy={busy}
        disabled={number.trim() === '' || (pinRule !== undefined && pin.trim() === '')}
        testId="card-submit"
      >
        {act}
      </Do>
      <p className="fine sealed">
        <Icon name="lock" size={16} /> {t('handSealed')}
      </p>
    </form>
  );
}

function Post({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const take = useTake(order.id);
  const [carrier, setCarrier] = useState('');
  const [tracking, setTracking] = useState('');
  const ship = useAct('POST /v1/market/orders/:id/ship', take);
  const to = order.post?.shipTo;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        ship.mutate({ params: { id: order.id }, body: { carrier, tracking } });
      }}
    >
      <h2>{t('mkShipTitle')}</h2>
      {to && (
        <address data-testid="ship-to">
          {to.name} {to.phone}
          <br />
          {to.address}
        </address>
      )}
      <Field
        label={t('mkShipCarrier')}
        value={carrier}
        onChange={setCarrier}
        data-testid="carrier"
      />
      <Field
        label={t('mkShipTracking')}
        value={tracking}
        onChange={setTracking}
        data-testid="tracking"
      />
      {ship.error && <Refusal of={ship.error} />}
      <Do submit busy={ship.isPending} disabled={carrier.trim() === '' || tracking.trim() === ''}>
        {t('mkShipSend')}
      </Do>
    </form>
  );
}

/** The waiver, then the proof, then the card: in this order, and each of them once. */
export function Reveal({ order, onSecret }: RevealProps): React.ReactNode {
  const t = useTexts();
  if (order.state === 'probing')
    return (
      <p role="status" data-testid="probing">
        <span className="spinner" aria-hidden="true" /> {t('mkProbingB')}
      </p>
    );
  if (order.state === 'proven')
    return (
      <>
        <Proof order={order} />
        <Show order={order} onSecret={onSecret} />
      </>
    );
  return <Look order={order} />;
}

function Look({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const take = useTake(order.id);
  const [agreed, setAgreed] = useState(order.waiver.at !== undefined);
  const params = { id: order.id };
  const look = useAct('POST /v1/market/orders/:id/look', take);
  // What is given up is written down before anything is looked at.
  const waive = useAct('POST /v1/market/orders/:id/waive', () => look.mutate({ params, body: {} }));
  const error = waive.error ?? look.error;
  return (
    <>
      <h2>{t('mkWaiveTitle')}</h2>
      <p data-testid="waiver">{pick(order.waiver)}</p>
      <Check checked={agreed} onChange={setAgreed} testId="waive">
        {t('mkWaiveYes')}
      </Check>
      {error && <Refusal of={error} />}
      <Do
        busy={waive.isPending || look.isPending}
        disabled={!agreed}
        testId="look"
        onClick={() => waive.mutate({ params, body: { version: order.waiver.version } })}
      >
        {t('mkLook')}
      </Do>
    </>
  );
}

function Show({ order, onSecret }: RevealProps): React.ReactNode {
  const t = useTexts();
  const reveal = useAct('POST /v1/market/orders/:id/reveal', onSecret);
  return (
    <>
      <p className="fine">{t('mkRevealOnce')}</p>
      {reveal.error && <Refusal of={reveal.error} />}
      <Do
        busy={reveal.isPending}
        testId="reveal"
        onClick={() => reveal.mutate({ params: { id: order.id }, body: {} })}
      >
        {t('mkReveal')}
      </Do>
    </>
  );
}

/** What is shown once; it belongs to the page, as the part that asked for it ends when it was shown. */
export function SecretSheet(props: { secret: Secret | undefined; onDone: () => void }) {
  const { secret, onDone } = props;
  const t = useTexts();
  return (
    <Sheet open={secret !== undefined} onClose={onDone} title={t('mkLook')} testId="secret">
      {secret && (
        <>
          <SecretLine name={t('mkSecretNumber')} value={secret.number} testId="secret-number" />
          {secret.pin && (
            <SecretLine name={t('mkSecretPin')} value={secret.pin} testId="secret-pin" />
          )}
          <p className="fine">{t('mkRevealOnce')}</p>
          <Do onClick={onDone} testId="secret-done">
            {t('mkSecretHide')}
          </Do>
        </>
      )}
    </Sheet>
  );
}

function SecretLine(props: { name: string; value: string; testId: string }): React.ReactNode {
  const t = useTexts();
  const { name, value, testId } = props;
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(value).catch(() => undefined);
    toast(t('mkSecretCopied'));
  };
  return (
    <div className="mk-secret">
      <span className="fine">{name}</span>
      <code data-testid={testId}>{value}</code>
      <button type="button" className="hq-link" onClick={() => void copy()}>
        {t('mkSecretCopy')}
      </button>
    </div>
  );
}

/** The issuer's answer just before the card was shown, signed. */
export function Proof({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const reason = useReason();
  const { probe } = order;
  if (!probe) return null;
  const good = probe.code === 'OK';
  return (
    <div data-testid="proof">
      <Notice tone={good ? 'good' : 'seal'} icon={good ? 'shield' : 'warn'} title={t('mkProof')}>
        <p>
          {reason(probe.code)}
          {probe.at && (
            <>
              {' · '}
              <Moment at={probe.at} form="minute" />
            </>
          )}
        </p>
        <p className="fine">{t('mkProofSay')}</p>
        {probe.probeId && probe.signature && (
          <details className="calc-why">
            <summary>{t('mkProofSigned')}</summary>
            <p className="fine mk-digest">
              <code>{probe.probeId}</code> <code>{probe.signature}</code>
            </p>
          </details>
        )}
      </Notice>
    </div>
  );
}

export function Inspect({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const take = useTake(order.id);
  const [sure, setSure] = useState(false);
  const [wrong, setWrong] = useState(false);
  const confirm = useAct('POST /v1/market/orders/:id/confirm', (next) => {
    setSure(false);
    take(next);
  });
  const extend = useAct('POST /v1/market/orders/:id/extend', (next) => {
    take(next);
    toast(t('mkExtended'));
  });
  return (
    <>
      <Proof order={order} />
      {order.revealedAt && <p className="fine">{t('mkSecretGone')}</p>}
      <Do onClick={() => setSure(true)} testId="confirm">
        {t('mkConfirm')}
      </Do>
      <Do tone="quiet" onClick={() => setWrong(true)} testId="wrong">
        {t('mkWrong')}
      </Do>
      {order.canExtend && (
        <Do
          tone="quiet"
          busy={extend.isPending}
          testId="extend"
          onClick={() => extend.mutate({ params: { id: order.id }, body: {} })}
        >
          {t('mkExtend')}
        </Do>
      )}
      {extend.error && <Refusal of={extend.error} />}
      <Confirm
        open={sure}
        onClose={() => setSure(false)}
        onConfirm={() => confirm.mutate({ params: { id: order.id }, body: {} })}
        busy={confirm.isPending}
        title={t('mkConfirm')}
        say={t('mkConfirmSay')}
        act={t('mkConfirm')}
      >
        {confirm.error && <Refusal of={confirm.error} />}
      </Confirm>
      <Wrong order={order} open={wrong} onClose={() => setWrong(false)} />
    </>
  );
}

/** The canonical codes that a buyer can tell; the first is the most common. */
const REASONS = [
  'FACE_MISMATCH_UNBOUND',
  'USED_OR_VOID',
  'BAD_CREDENTIALS',
  'NOT_ACTIVATED',
  'EXPIRED',
  'RESTRICTED',
  'FROZEN_BY_ISSUER',
  'OTHER',
] as const satisfies readonly Code[];
type Reason = (typeof REASONS)[number];

function Wrong(props: PartProps & { open: boolean; onClose: () => void }): React.ReactNode {
  const { order, open, onClose } = props;
  const t = useTexts();
  const words = useReason();
  const take = useTake(order.id);
  const [reason, setReason] = useState<Reason>(REASONS[0]);
  const [text, setText] = useState('');
  const dispute = useAct('POST /v1/market/orders/:id/dispute', (next) => {
    onClose();
    take(next);
  });
  return (
    <Sheet open={open} onClose={onClose} title={t('mkWrongTitle')} testId="wrong-sheet">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const statement = text.trim();
          const body = { reason, ...(statement !== '' && { statement }) };
          dispute.mutate({ params: { id: order.id }, body });
        }}
      >
        <p>{t('mkWrongSay')}</p>
        <Choices
          label={t('mkWrongTitle')}
          hideLabel
          value={reason}
          onChange={setReason}
          options={REASONS.map((code) => ({ value: code, label: words(code) }))}
        />
        <label className="hq-field">
          <span>{t('mkWrongMore')}</span>
          <textarea
            rows={3}
            maxLength={1000}
            value={text}
            data-testid="statement"
            onChange={(event) => setText(event.target.value)}
          />
          <span className="hq-field-note">{t('mkWrongMoreHint')}</span>
        </label>
        {dispute.error && <Refusal of={dispute.error} />}
        <Do submit busy={dispute.isPending} testId="wrong-send">
          {t('mkWrongSend')}
        </Do>
      </form>
    </Sheet>
  );
}

export function Claim({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  return (
    <>
      <Proof order={order} />
      {order.claimId && (
        <Link
          to="/market/claims/$claimId"
          params={{ claimId: order.claimId }}
          className="hq-button hq-button-wide"
          data-testid="claim"
        >
          {t('mkClaimOpen')}
        </Link>
      )}
    </>
  );
}

export function Done({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Proof order={order} />
      {order.claimId && <Claim order={order} />}
      <Reviews order={order} />
      {order.role === 'buyer' && order.allowed.includes('claim') && (
        <>
          <Do tone="quiet" onClick={() => setOpen(true)} testId="guarantee">
            {t('mkClaimGuarantee')}
          </Do>
          <Wrong order={order} open={open} onClose={() => setOpen(false)} />
        </>
      )}
    </>
  );
}

export function Refunded({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const reason = useReason();
  return (
    <>
      {order.refund && (
        <>
          <h2>{t(order.role === 'buyer' ? 'mkRefundedB' : 'mkRefundedS')}</h2>
          <Money fen={order.refund.fen} size="xl" />
          <p data-testid="refund-why">
            {t('mkWhy')}: {reason(order.refund.reason)}
          </p>
        </>
      )}
      <Proof order={order} />
      {order.claimId && <Claim order={order} />}
      <Link to="/market" className="hq-button hq-button-quiet hq-button-wide">
        {t('mkBasketGo')}
      </Link>
    </>
  );
}

function Reviews({ order }: PartProps): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const queryKey = ['market-order', order.id, 'reviews'];
  const [stars, setStars] = useState('5');
  const [text, setText] = useState('');
  const reviews = useQuery({
    queryKey,
    queryFn: () => call('GET /v1/market/orders/:id/reviews', { params: { id: order.id } }),
  });
  const write = useAct('POST /v1/market/orders/:id/reviews', (next) =>
    queries.setQueryData(queryKey, next),
  );
  const { mine, theirs, mayWriteUntil } = reviews.data ?? {};
  return (
    <section aria-labelledby="review" className="mk-review">
      <h2 id="review">{t('mkReviewTitle')}</h2>
      {mine && <Review title={t('mkReviewMine')} stars={mine.stars} body={mine.body} />}
      {theirs && <Review title={t('mkReviewTheirs')} stars={theirs.stars} body={theirs.body} />}
      {mine && !theirs && <p className="fine">{t('mkReviewWaiting')}</p>}
      {mayWriteUntil && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            const body = { stars: Number(stars), body: text.trim() };
            write.mutate({ params: { id: order.id }, body });
          }}
        >
          <p className="fine">{t('mkReviewSay')}</p>
          <Choices
            label={t('mkReviewStars')}
            value={stars}
            onChange={setStars}
            options={['5', '4', '3', '2', '1'].map((value) => ({
              value,
              label: t('mkReviewStar', { n: value }),
            }))}
          />
          <label className="hq-field">
            <span>{t('mkReviewBody')}</span>
            <textarea
              rows={2}
              maxLength={500}
              value={text}
              data-testid="review-text"
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          {write.error && <Refusal of={write.error} />}
          <Do submit tone="quiet" busy={write.isPending} testId="review-send">
            {t('mkReviewSend')}
          </Do>
        </form>
      )}
    </section>
  );
}

function Review(props: { title: string; stars: number; body: string }): React.ReactNode {
  return (
    <figure className="mk-said">
      <figcaption className="fine">{props.title}</figcaption>
      <Stars stars={props.stars} />
      {props.body && <blockquote>{props.body}</blockquote>}
    </figure>
  );
}
