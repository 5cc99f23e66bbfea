/** One of my listings: where it stands and why, who would take it now, and what I may still change. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Confirm, Countdown, Money, Notice, Refusal, Sheet, Skeleton } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { type PlainKey, useTexts } from '../texts.ts';
import { EditListing } from './edit.tsx';
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
/** Why nothing can be changed now; of what has ended the state itself says enough. */
const fixed: Partial<Record<OwnListing['state'], PlainKey>> = {
  checking: 'mkFixedChecking',
  reserved: 'mkFixedReserved',
  suspended: 'mkFixedSuspended',
  sold: 'mkFixedSold',
};

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
  const whyFixed = fixed[listing.state];
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
      {whyFixed && (
        <p className="fine" data-testid="fixed">
          {t(whyFixed)}
        </p>
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
        <EditListing listing={listing} onDone={done} />
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
