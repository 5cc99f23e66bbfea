/** One of my listings: where it stands and why, who would take it now, and what I may still change. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  Confirm,
  Countdown,
  Field,
  fenFromYuan,
  Money,
  Notice,
  Refusal,
  Sheet,
  Skeleton,
  toast,
  yuanInput,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { type PlainKey, useTexts } from '../texts.ts';
import { type Secret, SecretSheet } from './order-parts.tsx';
import { Lines } from './parts.tsx';
import { useReason } from './reasons.ts';
import { Publishing } from './sell.tsx';
import type { OwnListing } from './types.ts';
import { AnswerWanted } from './wanted.tsx';

const states: Record<OwnListing['state'], PlainKey> = {
  draft: 'mkStateDraft',
  checking: 'mkStateChecking',
  live: 'mkStateLive',
  paused: 'mkStatePaused',
  reserved: 'mkStateReserved',
  suspended: 'mkStateSuspended',
  sold: 'mkStateSold',
  withdrawn: 'mkStateWithdrawn',
  expired: 'mkStateExpired',
};
const tones: Partial<Record<OwnListing['state'], string>> = {
  live: 'good',
  suspended: 'bad',
  draft: 'act',
};
const EDITABLE: readonly OwnListing['state'][] = ['draft', 'live', 'paused'];

interface ListingProps {
  listing: OwnListing;
}

export function MyListing({ listing }: ListingProps): React.ReactNode {
  const t = useTexts();
  const reason = useReason();
  return (
    <>
      <p className="order-tags">
        <span className="tag" data-tone={tones[listing.state] ?? 'wait'}>
          {t(states[listing.state])}
        </span>
      </p>
      <h2>
        <Link to="/market/listings/$listingId" params={{ listingId: listing.id }}>
          {listing.title}
        </Link>
      </h2>
      <Lines lines={listing.lines} />
      {listing.markdownFloorFen && (
        <p className="fine">
          {t('mkMarkdownOn')} <Money fen={listing.markdownFloorFen} size="s" />
        </p>
      )}
      {listing.suspendedReason && (
        <Notice tone="seal" icon="warn" title={t('mkSuspendedWhy')}>
          <p data-testid="suspended-why">{reason(listing.suspendedReason)}</p>
          <p className="fine">{t('mkSuspendedSay')}</p>
        </Notice>
      )}
      {listing.state === 'draft' && listing.deadline && (
        <Countdown label={t('mkDraftUntil')} until={listing.deadline.at} />
      )}
      {listing.state === 'live' && <AnswerWanted listing={listing} />}
      <Acts listing={listing} />
    </>
  );
}

type Open = 'withdraw' | 'edit' | 'publish';

function Acts({ listing }: ListingProps): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const [secret, setSecret] = useState<Secret>();
  const again = (): void => void queries.invalidateQueries({ queryKey: ['my-listings'] });
  const done = (): void => {
    setOpen(undefined);
    again();
  };
  const pause = useAct('POST /v1/market/listings/:id/pause', again);
  const resume = useAct('POST /v1/market/listings/:id/resume', again);
  const withdraw = useAct('POST /v1/market/listings/:id/withdraw', done);
  const back = useAct('POST /v1/market/listings/:id/take-back', setSecret);
  const may = (what: string): boolean => listing.allowed.includes(what);
  const input = { params: { id: listing.id }, body: {} };
  const error = pause.error ?? resume.error ?? back.error;
  const link = (text: PlainKey, act: () => void, danger?: 'danger'): React.ReactNode => (
    <button type="button" className={`hq-link ${danger ?? ''}`} onClick={act}>
      {t(text)}
    </button>
  );
  return (
    <>
      {error && <Refusal of={error} />}
      {listing.state === 'draft' && (
        <Do testId="draft-on" onClick={() => setOpen('publish')}>
          {t('mkDraftOn')}
        </Do>
      )}
      {listing.canTakeBack && (
        <Notice tone="info" icon="lock" title={t('mkTakeBack')}>
          <p>{t('mkTakeBackSay')}</p>
          <Do busy={back.isPending} testId="take-back" onClick={() => back.mutate(input)}>
            {t('mkTakeBackDo')}
          </Do>
        </Notice>
      )}
      <p className="mk-acts">
        {may('pause') && link('mkPause', () => pause.mutate(input))}
        {may('resume') && link('mkResume', () => resume.mutate(input))}
        {EDITABLE.includes(listing.state) && link('mkEdit', () => setOpen('edit'))}
        {may('withdraw') && link('mkWithdraw', () => setOpen('withdraw'), 'danger')}
        {listing.orderId && (
          <Link
            to="/market/orders/$orderId"
            params={{ orderId: listing.orderId }}
            className="hq-link"
          >
            {t('mkOrderSee')}
          </Link>
        )}
      </p>
      <Confirm
        open={open === 'withdraw'}
        onClose={() => setOpen(undefined)}
        onConfirm={() => withdraw.mutate(input)}
        busy={withdraw.isPending}
        danger
        title={t('mkWithdraw')}
        say={t('mkWithdrawSay')}
        act={t('mkWithdraw')}
      >
        {withdraw.error && <Refusal of={withdraw.error} />}
      </Confirm>
      <Sheet open={open === 'edit'} onClose={() => setOpen(undefined)} title={t('mkEdit')}>
        <Edit listing={listing} onDone={done} />
      </Sheet>
      <Sheet open={open === 'publish'} onClose={() => setOpen(undefined)} title={t('mkDraftOn')}>
        <PublishDraft listing={listing} onDone={done} />
      </Sheet>
      <SecretSheet
        secret={secret}
        onDone={() => {
          setSecret(undefined);
          again();
        }}
      />
    </>
  );
}

interface StepProps extends ListingProps {
  onDone: () => void;
}

function PublishDraft({ listing, onDone }: StepProps): React.ReactNode {
  const products = useProducts();
  if (products.error)
    return <Refusal of={products.error} onRetry={() => void products.refetch()} />;
  const product = products.data?.find(({ sku }) => sku === listing.product.sku);
  if (!product) return <Skeleton lines={3} />;
  return <Publishing listing={listing} product={product} onDone={onDone} />;
}

/** Price, words, and the floor of a price that falls by itself; an empty floor ends the falling. */
function Edit({ listing, onDone }: StepProps): React.ReactNode {
  const t = useTexts();
  const [price, setPrice] = useState(yuanInput(listing.priceFen));
  const [title, setTitle] = useState(listing.title);
  const [note, setNote] = useState(listing.note);
  const wasFloor = listing.markdownFloorFen ? yuanInput(listing.markdownFloorFen) : '';
  const [floor, setFloor] = useState(wasFloor);
  const priceFen = fenFromYuan(price);
  const floorFen = fenFromYuan(floor);
  const edit = useAct('POST /v1/market/listings/:id/edit', () => {
    toast(t('mkSaved'));
    onDone();
  });
  // A price that has fallen by itself is not written back as the price that was asked.
  const body = {
    ...(priceFen && priceFen !== listing.priceFen && { priceFen }),
    ...(title.trim() !== listing.title && { title: title.trim() }),
    ...(note.trim() !== listing.note && { note: note.trim() }),
    ...(floor !== wasFloor && { markdownFloorFen: floorFen ?? null }),
  };
  const isNothing = Object.keys(body).length === 0;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        edit.mutate({ params: { id: listing.id }, body });
      }}
    >
      <Field
        label={t('mkSellPrice')}
        value={price}
        onChange={setPrice}
        inputMode="decimal"
        start="¥"
        data-testid="edit-price"
      />
      <Field label={t('mkSellName')} value={title} onChange={setTitle} maxLength={40} />
      <Field label={t('mkSellNote')} value={note} onChange={setNote} maxLength={500} />
      <Field
        label={t('mkSellFloor')}
        value={floor}
        onChange={setFloor}
        inputMode="decimal"
        start="¥"
        hint={t('mkSellFloorSay')}
        data-testid="edit-floor"
      />
      {edit.error && <Refusal of={edit.error} />}
      <Do
        submit
        busy={edit.isPending}
        disabled={isNothing || !priceFen || (floor !== '' && !floorFen)}
        testId="edit-save"
      >
        {t('mkSave')}
      </Do>
    </form>
  );
}
