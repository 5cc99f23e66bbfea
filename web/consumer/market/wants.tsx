/** What I want to buy: asking for it at my price, pausing and ending it, and paying for a card that a seller keeps for me. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CATEGORIES, CATEGORY_WORDS } from '../../../src/cards/schema.ts';
import { call } from '../../api.ts';
import {
  Check,
  Choices,
  Confirm,
  chinaDay,
  Empty,
  Field,
  fenFromYuan,
  Moment,
  Money,
  Notice,
  Refusal,
  Sheet,
  Skeleton,
  toast,
  useLanguage,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { type PlainKey, useTexts } from '../texts.ts';
import { GRADES, HALF_A_YEAR_DAYS, WITHOUT } from './filters.tsx';
import { usePages } from './pages.tsx';
import type { MyWant, Wish } from './types.ts';

const ANY_GRADE = 'V0';
const DAYS = ['7', '30', '90'] as const;
const WISHED_MAX = 20;
const REFRESH_MS = 15_000;

const states: Record<MyWant['state'], PlainKey> = {
  open: 'mkWantOpen',
  paused: 'mkWantPaused',
  answered: 'mkWantAnswered',
  met: 'mkWantMet',
  taken_back: 'mkWantEnded',
  lapsed: 'mkWantLapsed',
};
const tones: Partial<Record<MyWant['state'], string>> = {
  open: 'good',
  answered: 'act',
  met: 'good',
};

export function MyWants(): React.ReactNode {
  const t = useTexts();
  const [asking, setAsking] = useState(false);
  const wants = usePages(
    ['my-wants'],
    (from) => call('GET /v1/market/wants', { query: from }),
    REFRESH_MS,
  );
  const { items } = wants;
  if (wants.error) return <Refusal of={wants.error} onRetry={wants.retry} />;
  if (!items) return <Skeleton lines={4} />;
  return (
    <>
      {items.length > 0 && (
        <Do onClick={() => setAsking(true)} testId="want-new">
          {t('mkWantNew')}
        </Do>
      )}
      {items.length === 0 && (
        <Empty icon="search" title={t('mkWantNone')} say={t('mkWantNoneSay')}>
          <Do onClick={() => setAsking(true)} testId="want-new">
            {t('mkWantNew')}
          </Do>
        </Empty>
      )}
      <ul className="mk-mine" data-testid="my-wants">
        {items.map((one) => (
          <li key={one.id} className="panel" data-state={one.state}>
            <MyWantCard want={one} />
          </li>
        ))}
      </ul>
      {wants.more}
      <WantSheet open={asking} onClose={() => setAsking(false)} />
    </>
  );
}

/** What is wanted, in the words of both sides. */
export function useWishWords(): (wish: Pick<Wish, 'sku' | 'category'>) => string {
  const t = useTexts();
  const pick = usePick();
  const products = useProducts().data;
  return ({ sku, category }) => {
    const product = products?.find((one) => one.sku === sku);
    if (product) return pick(product.name);
    return t('mkWantAny', { category: pick(CATEGORY_WORDS[category]) });
  };
}

export function WishTerms({ wish }: { wish: Wish }): React.ReactNode {
  const t = useTexts();
  return (
    <p className="fine">
      {t('mkWantBalance', { from: yuanText(wish.valueMinFen), to: yuanText(wish.valueMaxFen) })}
      {wish.gradeMin !== ANY_GRADE && ` · ≥ ${wish.gradeMin}`}
      {wish.without.length > 0 && ` · ${t('mkFilterFree')}`}
      {wish.expiresFrom && (
        <>
          {` · ${t('mkWantValid')} `}
          <Moment at={wish.expiresFrom} form="day" />
        </>
      )}
    </p>
  );
}

/** 8500 is 8.5 折, and 85 % in English. */
function useRate(): (bps: number) => string {
  const t = useTexts();
  const language = useLanguage();
  return (bps) => t('mkWantRate', { rate: String(language === 'zh' ? bps / 1000 : bps / 100) });
}

function MyWantCard({ want }: { want: MyWant }): React.ReactNode {
  const t = useTexts();
  const words = useWishWords();
  const rate = useRate();
  const queries = useQueryClient();
  const [ending, setEnding] = useState(false);
  const again = (): void => {
    setEnding(false);
    void queries.invalidateQueries({ queryKey: ['my-wants'] });
  };
  const pause = useAct('POST /v1/market/wants/:id/pause', again);
  const resume = useAct('POST /v1/market/wants/:id/resume', again);
  const end = useAct('POST /v1/market/wants/:id/take-back', again);
  const input = { params: { id: want.id }, body: {} };
  const isOver = want.state === 'met' || want.state === 'taken_back' || want.state === 'lapsed';
  const error = pause.error ?? resume.error;
  return (
    <>
      <p className="order-tags">
        <span className="tag" data-tone={tones[want.state] ?? 'wait'}>
          {t(states[want.state])}
        </span>
        <span className="fine">{t('mkWantCount', { bought: want.bought, n: want.wished })}</span>
      </p>
      <h2>{words(want)}</h2>
      <p>
        {rate(want.maxBps)}
        {want.maxPriceFen && ` · ${t('mkWantCeiling', { price: yuanText(want.maxPriceFen) })}`}
      </p>
      <WishTerms wish={want} />
      {!isOver && (
        <p className="fine">
          {t('mkWantUntil')} <Moment at={want.until} form="day" />
        </p>
      )}
      {want.offer && <Answered want={want} offer={want.offer} />}
      {error && <Refusal of={error} />}
      {!isOver && (
        <p className="mk-acts">
          {want.state === 'open' && (
            <button type="button" className="hq-link" onClick={() => pause.mutate(input)}>
              {t('mkWantPause')}
            </button>
          )}
          {want.state === 'paused' && (
            <button type="button" className="hq-link" onClick={() => resume.mutate(input)}>
              {t('mkWantResume')}
            </button>
          )}
          <button type="button" className="hq-link danger" onClick={() => setEnding(true)}>
            {t('mkWantEnd')}
          </button>
        </p>
      )}
      <Confirm
        open={ending}
        onClose={() => setEnding(false)}
        onConfirm={() => end.mutate(input)}
        busy={end.isPending}
        danger
        title={t('mkWantEnd')}
        say={t('mkWantEndSay')}
        act={t('mkWantEnd')}
      >
        {end.error && <Refusal of={end.error} />}
      </Confirm>
    </>
  );
}

/** A seller keeps this card for me: order it, or go on to the order that is there. */
function Answered(props: { want: MyWant; offer: NonNullable<MyWant['offer']> }): React.ReactNode {
  const { listingId, id: offerId, title, priceFen, until, orderId } = props.offer;
  const t = useTexts();
  const navigate = useNavigate();
  const buy = useAct('POST /v1/market/orders', (order) => {
    void navigate({ to: '/market/orders/$orderId', params: { orderId: order.id } });
  });
  return (
    <Notice tone="good" icon="check" title={t('mkWantKept')}>
      <p>
        <Link to="/market/listings/$listingId" params={{ listingId }} className="hq-link">
          {title}
        </Link>{' '}
        <Money fen={priceFen} />
      </p>
      {orderId ? (
        <Link to="/market/orders/$orderId" params={{ orderId }} className="hq-link">
          {t('mkWantOrder')}
        </Link>
      ) : (
        <>
          <p className="fine">
            {t('mkWantKeptUntil')} <Moment at={until} form="minute" />
          </p>
          <Do
            busy={buy.isPending}
            testId="want-order"
            onClick={() =>
              buy.mutate({
                body: { listingId, offerId, channel: 'alipay', maxPriceFen: priceFen },
              })
            }
          >
            {t('mkOfferOrder', { price: yuanText(priceFen) })}
          </Do>
        </>
      )}
      {buy.error && <Refusal of={buy.error} />}
    </Notice>
  );
}

interface WantSheetProps {
  sku?: string;
  open: boolean;
  onClose: () => void;
}

export function WantSheet({ sku, open, onClose }: WantSheetProps): React.ReactNode {
  const t = useTexts();
  return (
    <Sheet open={open} onClose={onClose} title={t('mkWantNew')} testId="want-sheet">
      {open && <WantForm sku={sku} onDone={onClose} />}
    </Sheet>
  );
}

const ANY_OF = 'any:';

function WantForm(props: { sku: string | undefined; onDone: () => void }): React.ReactNode {
  const { onDone } = props;
  const t = useTexts();
  const language = useLanguage();
  const queries = useQueryClient();
  const [what, setWhat] = useState(props.sku ?? '');
  const [from, setFrom] = useState('100');
  const [to, setTo] = useState('500');
  const [rate, setRate] = useState(language === 'zh' ? '8.5' : '85');
  const [ceiling, setCeiling] = useState('');
  const [grade, setGrade] = useState<string>(ANY_GRADE);
  const [longLived, setLongLived] = useState(false);
  const [free, setFree] = useState(false);
  const [wished, setWished] = useState('1');
  const [days, setDays] = useState<(typeof DAYS)[number]>('30');
  const make = useAct('POST /v1/market/wants', () => {
    toast(t('mkWantMade'));
    void queries.invalidateQueries({ queryKey: ['my-wants'] });
    void queries.invalidateQueries({ queryKey: ['wanted'] });
    onDone();
  });
  const [valueMinFen, valueMaxFen] = [fenFromYuan(from), fenFromYuan(to)];
  const maxPriceFen = fenFromYuan(ceiling);
  const maxBps = Math.round(Number(rate) * (language === 'zh' ? 1000 : 100));
  const count = Number(wished);
  const isRate = maxBps >= 1 && maxBps <= 10_000;
  const isCount = Number.isInteger(count) && count >= 1 && count <= WISHED_MAX;
  const isWhole = what !== '' && valueMinFen && valueMaxFen && isRate && isCount;
  const send = (): void => {
    if (!isWhole) return;
    make.mutate({
      body: {
        ...(what.startsWith(ANY_OF)
          ? { category: what.slice(ANY_OF.length) as Wish['category'] }
          : { sku: what }),
        ...{ valueMinFen, valueMaxFen, maxBps, wished: count, days: Number(days) },
        gradeMin: grade as Wish['gradeMin'],
        ...(maxPriceFen && { maxPriceFen }),
        ...(longLived && { expiresFrom: chinaDay(HALF_A_YEAR_DAYS) }),
        ...(free && { without: WITHOUT }),
      },
    });
  };
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Notice tone="info">
        <p>{t('mkWantNoMoney')}</p>
      </Notice>
      <WhatWanted value={what} onChange={setWhat} />
      <div className="form-row">
        <Field
          label={t('mkWantFrom')}
          value={from}
          onChange={setFrom}
          inputMode="decimal"
          start="¥"
        />
        <Field label={t('mkWantTo')} value={to} onChange={setTo} inputMode="decimal" start="¥" />
      </div>
      <div className="form-row">
        <Field
          label={t('mkWantMost')}
          value={rate}
          onChange={setRate}
          inputMode="decimal"
          error={isRate ? undefined : t('mkWantMostWrong')}
          data-testid="want-rate"
        />
        <Field
          label={t('mkWantMostPrice')}
          value={ceiling}
          onChange={setCeiling}
          inputMode="decimal"
          start="¥"
        />
      </div>
      <Field
        label={t('mkWantWished')}
        value={wished}
        onChange={setWished}
        inputMode="numeric"
        error={isCount ? undefined : t('mkWantWishedWrong', { n: WISHED_MAX })}
      />
      <Choices
        label={t('mkFilterGrade')}
        value={grade}
        onChange={setGrade}
        options={[
          { value: ANY_GRADE as string, label: t('listAll') },
          ...GRADES.map((value) => ({ value: value as string, label: `≥ ${value}` })),
        ]}
      />
      <Check checked={longLived} onChange={setLongLived}>
        {t('mkFilterExpiry')}
      </Check>
      <Check checked={free} onChange={setFree}>
        {t('mkFilterFree')}
      </Check>
      <Choices
        label={t('mkWantDays')}
        value={days}
        onChange={setDays}
        options={DAYS.map((value) => ({ value, label: t('mkWantDaysN', { n: value }) }))}
      />
      {make.error && <Refusal of={make.error} />}
      <Do submit busy={make.isPending} disabled={!isWhole} testId="want-save">
        {t('mkWantSave')}
      </Do>
    </form>
  );
}

/** One product, or any of a category. */
function WhatWanted(props: { value: string; onChange: (what: string) => void }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const products = useProducts().data ?? [];
  const sellable = products.filter(({ transferability }) => transferability !== 'none');
  return (
    <label className="hq-field">
      <span>{t('mkWantWhat')}</span>
      <select
        className="mk-select"
        value={props.value}
        data-testid="want-what"
        onChange={(event) => props.onChange(event.target.value)}
      >
        <option value="">{t('calcPickTitle')}</option>
        <optgroup label={t('listCategories')}>
          {CATEGORIES.map((one) => (
            <option key={one} value={`${ANY_OF}${one}`}>
              {t('mkWantAny', { category: pick(CATEGORY_WORDS[one]) })}
            </option>
          ))}
        </optgroup>
        <optgroup label={t('mkWantProducts')}>
          {sellable.map((one) => (
            <option key={one.sku} value={one.sku}>
              {pick(one.issuerName)} · {pick(one.name)}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
