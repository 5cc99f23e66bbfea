/** One claim as its buyer or its seller sees it: what was decided and why, what the system knows, what to say now. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { addPhoto, call, follow } from '../../api.ts';
import {
  Confirm,
  Countdown,
  Field,
  fenFromYuan,
  Icon,
  Moment,
  Money,
  Notice,
  Refusal,
  Skeleton,
  toast,
  usePick,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { SignInFirst } from '../sign-in-first.tsx';
import { type PlainKey, useTexts } from '../texts.ts';
import { Evidence } from './evidence.tsx';
import { useReason } from './reasons.ts';
import type { Claim } from './types.ts';

const claimKey = (id: string): readonly string[] => ['claim', id];

export function ClaimPage(): React.ReactNode {
  const { claimId } = useParams({ from: '/market/claims/$claimId' });
  const t = useTexts();
  const session = useSession();
  const queries = useQueryClient();
  const claim = useQuery({
    queryKey: claimKey(claimId),
    queryFn: () => call('GET /v1/disputes/:id', { params: { id: claimId } }),
    enabled: session.me !== undefined,
  });
  const known = claim.data !== undefined;
  useEffect(() => {
    if (!known) return;
    const again = (): void => void queries.invalidateQueries({ queryKey: claimKey(claimId) });
    return follow(`/v1/disputes/${encodeURIComponent(claimId)}/events`, again);
  }, [claimId, known, queries]);
  usePageTitle(t('mkCase'));
  const error = session.error ?? claim.error;
  return (
    <div className="page">
      {claim.data && (
        <Link
          to="/market/orders/$orderId"
          params={{ orderId: claim.data.subject }}
          className="hq-link crumb"
        >
          <Icon name="back" size={18} /> {t('mkCaseOrder')}
        </Link>
      )}
      {session.stranger ? (
        <SignInFirst />
      ) : error && !claim.data ? (
        <Refusal of={error} onRetry={() => void claim.refetch()} />
      ) : claim.data ? (
        <Found claim={claim.data} />
      ) : (
        <Skeleton lines={8} />
      )}
    </div>
  );
}

const states: Record<Claim['state'], PlainKey> = {
  awaiting_answer: 'mkCaseAwaiting',
  evidence: 'mkCaseEvidence',
  arbitration: 'mkCaseDesk',
  decided: 'mkCaseDecided',
  appealed: 'mkCaseAppealed',
  settled_between_parties: 'mkCaseSettled',
  final: 'mkCaseFinal',
  closed: 'mkCaseClosed',
  withdrawn: 'mkCaseWithdrawn',
};
/** What ends when the clock runs out; by then it is decided, unless another thing is said here. */
const times: Partial<Record<Claim['state'], PlainKey>> = {
  awaiting_answer: 'mkTimeAnswer',
  decided: 'mkTimeAppeal',
};
const OVER: readonly Claim['state'][] = ['closed', 'withdrawn', 'final'];

function Found({ claim }: { claim: Claim }): React.ReactNode {
  const t = useTexts();
  const reason = useReason();
  return (
    <div
      className="page-grid"
      data-testid="claim-page"
      data-state={claim.state}
      data-side={claim.side}
    >
      <header
        className="order-head area-head"
        data-tone={OVER.includes(claim.state) ? 'good' : 'act'}
      >
        <div aria-live="polite" aria-atomic="true">
          <h1 data-testid="say">{t(states[claim.state])}</h1>
          <p>
            {reason(claim.reason)} · <Money fen={claim.atStakeFen} />
          </p>
        </div>
        {claim.deadline && !OVER.includes(claim.state) && (
          <Countdown label={t(times[claim.state] ?? 'mkTimeDecide')} until={claim.deadline.at} />
        )}
      </header>
      <div className="stack area-rest">
        {claim.decisions.map((decision) => (
          <Decision key={decision.at} decision={decision} />
        ))}
        <Acts claim={claim} />
        <Said claim={claim} />
      </div>
      <aside className="aside stack area-side">
        <Evidence evidence={claim.evidence} />
      </aside>
    </div>
  );
}

const outcomes: Record<Claim['decisions'][number]['outcome'], PlainKey> = {
  refund: 'mkOutcomeRefund',
  partial: 'mkOutcomePartial',
  release: 'mkOutcomeRelease',
};
const bases: Record<Claim['decisions'][number]['basis'], PlainKey> = {
  rule: 'mkBasisRule',
  silence: 'mkBasisSilence',
  agreement: 'mkBasisAgreement',
  settlement: 'mkBasisSettlement',
  desk: 'mkBasisDesk',
  burden_of_proof: 'mkBasisBurden',
};

function Decision({ decision }: { decision: Claim['decisions'][number] }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { outcome, basis, refundFen, reasons, words, penaltyFen, rule, at } = decision;
  return (
    <section
      className="panel"
      data-testid="decision"
      data-outcome={outcome}
      data-basis={basis}
      data-rule={rule}
    >
      <p className="order-tags">
        <span className="tag" data-tone={basis === 'rule' ? 'good' : 'wait'}>
          {t(bases[basis])}
        </span>
      </p>
      <h2>
        {t(outcomes[outcome])}
        {outcome !== 'release' && (
          <>
            {' '}
            <Money fen={refundFen} />
          </>
        )}
      </h2>
      <p data-testid="reasoning">{pick(reasons)}</p>
      {words && <blockquote>{words}</blockquote>}
      {penaltyFen && (
        <p className="fine">
          {t('mkPenalty')} <Money fen={penaltyFen} size="s" />
        </p>
      )}
      <p className="fine">
        <Moment at={at} form="minute" />
      </p>
    </section>
  );
}

function Acts({ claim }: { claim: Claim }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const take = (next: Claim): void => {
    queries.setQueryData(claimKey(claim.id), next);
  };
  const [agreeing, setAgreeing] = useState(false);
  const [withdrawing, setWithdrawing] = useState(false);
  const answer = useAct('POST /v1/disputes/:id/answer', (next) => {
    setAgreeing(false);
    take(next);
  });
  const accept = useAct('POST /v1/disputes/:id/offer/accept', take);
  const withdraw = useAct('POST /v1/disputes/:id/withdraw', (next) => {
    setWithdrawing(false);
    take(next);
  });
  const may = (act: Claim['allowed'][number]): boolean => claim.allowed.includes(act);
  const params = { id: claim.id };
  const error = answer.error ?? accept.error ?? withdraw.error;
  if (claim.allowed.length === 0) return null;
  return (
    <section className="panel stack" aria-label={t('mkCaseActs')}>
      {error && <Refusal of={error} />}
      {claim.offer && (
        <Notice tone="info" icon="info" title={t('mkCaseOffer')}>
          <Money fen={claim.offer.refundFen} />
          {may('accept_offer') && claim.offer.side !== claim.side && (
            <Do
              testId="accept-offer"
              busy={accept.isPending}
              onClick={() =>
                accept.mutate({ params, body: { refundFen: claim.offer?.refundFen ?? '0' } })
              }
            >
              {t('mkOfferAccept')}
            </Do>
          )}
        </Notice>
      )}
      {may('contest') && (
        <Do
          testId="contest"
          busy={answer.isPending}
          onClick={() => answer.mutate({ params, body: { answer: 'contest' } })}
        >
          {t('mkCaseContest')}
        </Do>
      )}
      {may('agree') && (
        <Do tone="quiet" testId="agree" onClick={() => setAgreeing(true)}>
          {t('mkCaseAgree')}
        </Do>
      )}
      {may('offer') && <Offering claim={claim} onDone={take} />}
      {may('appeal') && <Appealing claim={claim} onDone={take} />}
      {may('withdraw') && (
        <button type="button" className="hq-link danger" onClick={() => setWithdrawing(true)}>
          {t('mkCaseWithdraw')}
        </button>
      )}
      <Confirm
        open={agreeing}
        onClose={() => setAgreeing(false)}
        onConfirm={() => answer.mutate({ params, body: { answer: 'agree' } })}
        busy={answer.isPending}
        title={t('mkCaseAgree')}
        say={t('mkCaseAgreeSay')}
        act={t('mkCaseAgree')}
      />
      <Confirm
        open={withdrawing}
        onClose={() => setWithdrawing(false)}
        onConfirm={() => withdraw.mutate({ params, body: {} })}
        busy={withdraw.isPending}
        danger
        title={t('mkCaseWithdraw')}
        say={t('mkCaseWithdrawSay')}
        act={t('mkCaseWithdraw')}
      />
    </section>
  );
}

interface StepProps {
  claim: Claim;
  onDone: (next: Claim) => void;
}

function Offering({ claim, onDone }: StepProps): React.ReactNode {
  const t = useTexts();
  const [text, setText] = useState('');
  const refundFen = fenFromYuan(text);
  const offer = useAct('POST /v1/disputes/:id/offer', (next) => {
    setText('');
    onDone(next);
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (refundFen) offer.mutate({ params: { id: claim.id }, body: { refundFen } });
      }}
    >
      <Field
        label={t('mkCaseOfferPart')}
        value={text}
        onChange={setText}
        inputMode="decimal"
        start="¥"
      />
      {offer.error && <Refusal of={offer.error} />}
      <Do submit tone="quiet" busy={offer.isPending} disabled={!refundFen}>
        {t('mkCaseOfferSend')}
      </Do>
    </form>
  );
}

function Appealing({ claim, onDone }: StepProps): React.ReactNode {
  const t = useTexts();
  const appeal = useAct('POST /v1/disputes/:id/appeal', onDone);
  return (
    <TextForm
      label={t('mkCaseAppealWhy')}
      hint={t('mkCaseAppealSay')}
      act={t('mkCaseAppeal')}
      busy={appeal.isPending}
      error={appeal.error}
      testId="appeal"
      onSend={(text) => appeal.mutate({ params: { id: claim.id }, body: { text } })}
    />
  );
}

const STATEMENT_MAX = 1000;

function TextForm(props: {
  label: string;
  hint: string;
  act: string;
  busy: boolean;
  error: unknown;
  testId: string;
  onSend: (text: string) => void;
}): React.ReactNode {
  const { label, hint, act, busy, error, testId, onSend } = props;
  const [text, setText] = useState('');
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(text.trim());
        setText('');
      }}
    >
      <label className="hq-field">
        <span>{label}</span>
        <textarea
          rows={3}
          maxLength={STATEMENT_MAX}
          value={text}
          data-testid={`${testId}-text`}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="hq-field-note">{hint}</span>
      </label>
      {error ? <Refusal of={error} /> : null}
      <Do
        submit
        tone="quiet"
        busy={busy}
        disabled={text.trim().length < 2}
        testId={`${testId}-send`}
      >
        {act}
      </Do>
    </form>
  );
}

/** What both sides said and showed, and the way to add to it. */
function Said({ claim }: { claim: Claim }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const take = (next: Claim): void => {
    queries.setQueryData(claimKey(claim.id), next);
  };
  const speak = useAct('POST /v1/disputes/:id/statements', take);
  const [failed, setFailed] = useState<unknown>();
  const show = async (file: File): Promise<void> => {
    setFailed(undefined);
    try {
      take(await addPhoto(claim.id, file));
      toast(t('mkSaved'));
    } catch (error) {
      setFailed(error);
    }
  };
  const nameOf = (side: Claim['side']): string =>
    t(side === claim.side ? 'mkFromMe' : 'mkFromOther');
  return (
    <section className="panel stack" aria-labelledby="said">
      <h2 id="said">{t('mkCaseSaid')}</h2>
      {claim.statements.length === 0 && <p className="fine">{t('mkCaseSaidNone')}</p>}
      <ol className="mk-thread">
        {claim.statements.map((statement) => (
          <li key={statement.id} data-from={statement.side === claim.side ? 'me' : 'other'}>
            <span className="fine">
              {nameOf(statement.side)} · <Moment at={statement.at} form="minute" />
            </span>
            <p>{statement.text}</p>
          </li>
        ))}
      </ol>
      {claim.photos.length > 0 && (
        <ul className="mk-photos">
          {claim.photos.map((photo) => (
            <li key={photo.id}>
              <a
                href={`/v1/disputes/${claim.id}/photos/${photo.id}`}
                target="_blank"
                rel="noreferrer"
              >
                <img
                  src={`/v1/disputes/${claim.id}/photos/${photo.id}`}
                  alt={t('mkCasePhotoOf', { who: nameOf(photo.side) })}
                  loading="lazy"
                  width={photo.width}
                  height={photo.height}
                />
              </a>
            </li>
          ))}
        </ul>
      )}
      {claim.allowed.includes('say') && (
        <>
          <TextForm
            label={t('mkCaseSay')}
            hint={t('mkWrongMoreHint')}
            act={t('mkMessageSend')}
            busy={speak.isPending}
            error={speak.error}
            testId="speak"
            onSend={(text) => speak.mutate({ params: { id: claim.id }, body: { text } })}
          />
          <label className="hq-button hq-button-quiet mk-upload">
            <Icon name="photo" size={20} /> {t('mkCasePhoto')}
            <input
              type="file"
              accept="image/jpeg,image/png,image/webp"
              className="hq-unseen"
              data-testid="claim-photo"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                event.target.value = '';
                if (file) void show(file);
              }}
            />
          </label>
          <p className="fine">{t('mkCasePhotoSay')}</p>
          {failed ? <Refusal of={failed} /> : null}
        </>
      )}
    </section>
  );
}
