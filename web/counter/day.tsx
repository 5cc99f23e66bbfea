/** The end of the day: what should lie in the drawer, what a person counts, and the days that were closed before. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Routes } from '../api.gen.ts';
import { call } from '../api.ts';
import { Do, useAct } from '../consumer/act.tsx';
import {
  Empty,
  Field,
  Moment,
  Money,
  Notice,
  Refusal,
  Skeleton,
  useMoment,
  usePick,
} from '../kit/index.ts';
import { useTaken } from './facts.ts';
import { useHere, useTitle } from './here.tsx';
import { useNet } from './net.ts';
import { useCounterTexts } from './texts.ts';

type Day = Routes['GET /v1/recyclers/:id/counter/tills/:till/day']['reply'];
type Close = NonNullable<Day['close']>;

export function DayPage(): React.ReactNode {
  const t = useCounterTexts();
  const { shopId: id, till } = useHere();
  const online = useNet();
  useTitle(t('dayTitle'));
  const day = useQuery({
    queryKey: ['day', id, till],
    queryFn: () => call('GET /v1/recyclers/:id/counter/tills/:till/day', { params: { id, till } }),
    enabled: online,
  });
  return (
    <div className="page narrow">
      <h1>{t('dayTitle')}</h1>
      {!online && (
        <Notice tone="warn" icon="offline">
          <p>{t('dayOnline')}</p>
        </Notice>
      )}
      {day.error && <Refusal of={day.error} onRetry={() => void day.refetch()} />}
      {online && !day.data && !day.error && <Skeleton lines={6} />}
      {day.data && <Today day={day.data} />}
      {online && <Before />}
    </div>
  );
}

function Today({ day }: { day: Day }): React.ReactNode {
  const t = useCounterTexts();
  const moment = useMoment();
  const pick = usePick();
  const unsent = useTaken().data?.filter(({ state }) => state === 'queued').length ?? 0;
  const facts = [
    [t('dayExpected'), day.expected],
    [t('dayBack'), day.returned],
    [t('dayWaiting'), day.waiting],
    [t('dayUnsent'), unsent],
    [t('dayFace'), <Money key="face" fen={day.faceFen} />],
    [t('dayNet'), <Money key="net" fen={day.netFen} />],
    [t('dayCash'), <Money key="cash" fen={day.cashFen} />],
  ] as const;
  return (
    <>
      <section className="panel" aria-labelledby="day">
        <h2 id="day">{t('dayOf', { day: moment(day.day, 'weekday'), till: day.till })}</h2>
        <dl className="counter-facts" data-testid="day">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      {day.close ? <Closed close={day.close} /> : <CloseForm day={day} unsent={unsent} />}
      <section className="panel" aria-labelledby="lines">
        <h2 id="lines">{t('dayLines')}</h2>
        {day.lines.length === 0 && <p className="fine">{t('dayNoLines')}</p>}
        <ul className="counter-cards">
          {day.lines.map((line) => (
            <li key={line.number}>
              <div>
                <strong>{pick(line.product)}</strong>
                <p className="fine">
                  <Moment at={line.at} form="minute" /> · {line.number.slice(-13)}
                </p>
              </div>
              {line.giveBack && (
                <span className="counter-tag" data-tone="bad">
                  {t('stGiveBack')}
                </span>
              )}
              <Money fen={line.netFen} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Closed({ close }: { close: Close }): React.ReactNode {
  const t = useCounterTexts();
  const moment = useMoment();
  const { expected, counted, closedAt } = close;
  return (
    <Notice tone="good" icon="check" title={t('dayDone')}>
      <p data-testid="closed">
        {t('dayDoneSay', { expected, counted, time: moment(closedAt, 'minute') })}
      </p>
      {close.note && <p>{close.note}</p>}
    </Notice>
  );
}

function CloseForm({ day, unsent }: { day: Day; unsent: number }): React.ReactNode {
  const t = useCounterTexts();
  const { shopId: id } = useHere();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [note, setNote] = useState('');
  const close = useAct('POST /v1/recyclers/:id/counter/closes', () => {
    for (const key of ['day', 'closes']) void queries.invalidateQueries({ queryKey: [key] });
  });
  const counted = /^\d{1,5}$/.test(typed) ? Number(typed) : undefined;
  const differs = counted !== undefined && counted !== day.expected;
  const ready = counted !== undefined && (!differs || note.trim().length >= 3);
  return (
    <form
      className="panel form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (counted === undefined) return;
        const said = note.trim() === '' ? {} : { note: note.trim() };
        const body = { till: day.till, day: day.day, counted, unsent, ...said };
        close.mutate({ params: { id }, body });
      }}
    >
      <Field
        label={t('dayCount')}
        hint={t('dayCountHint')}
        value={typed}
        onChange={(text) => setTyped(text.normalize('NFKC').replace(/\D/g, '').slice(0, 5))}
        inputMode="numeric"
        data-testid="counted"
        required
      />
      {differs && (
        <Field
          label={t('dayNote')}
          hint={t('dayNoteHint')}
          value={note}
          onChange={setNote}
          maxLength={500}
          data-testid="note"
          required
        />
      )}
      {close.error && <Refusal of={close.error} />}
      <Do submit busy={close.isPending} disabled={!ready} testId="close-day">
        {t('dayGo')}
      </Do>
    </form>
  );
}

function Before(): React.ReactNode {
  const t = useCounterTexts();
  const { shopId: id } = useHere();
  const closes = useQuery({
    queryKey: ['closes', id],
    queryFn: () => call('GET /v1/recyclers/:id/counter/closes', { params: { id } }),
  });
  if (!closes.data) return null;
  const { items } = closes.data;
  return (
    <section className="panel" aria-labelledby="before">
      <h2 id="before">{t('dayBefore')}</h2>
      {items.length === 0 && <Empty icon="orders" title={t('dayNoBefore')} />}
      <ul className="counter-cards">
        {items.map((close) => (
          <li key={close.id}>
            <div>
              <strong>
                {close.day} · {close.till}
              </strong>
              <p className="fine">
                {t('dayExpected')} {close.expected} · {t('dayCount')} {close.counted}
              </p>
            </div>
            {(['csv', 'xlsx'] as const).map((format) => (
              <a
                key={format}
                className="hq-link"
                href={`/v1/recyclers/${id}/counter/closes/${close.id}/statement.${format}`}
              >
                {t(format === 'csv' ? 'dayCsv' : 'dayXlsx')}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
