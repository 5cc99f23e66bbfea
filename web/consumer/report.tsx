/** The buyer of the card says that something is wrong with it: the seller agrees, or contests it and says why. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Code, RESULTS } from '../../src/cards/schema.ts';
import type { OrderView } from '../api.gen.ts';
import { Confirm, Field, Refusal, toast, usePick } from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { useTexts } from './texts.ts';

export function Report({ order }: { order: OrderView }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { report } = order;
  if (!report) return null;
  const result = RESULTS[report.reason as Code];
  const finding = report.finding ?? 'waiting';
  return (
    <section className="panel" data-testid="report">
      <h2>{t('reportTitle')}</h2>
      <p>{t('reportSays', { what: result ? pick(result.text) : report.reason })}</p>
      <p data-testid="finding">
        {t(
          (
            {
              waiting: 'reportWaiting',
              false: 'reportFalse',
              confirmed: 'reportConfirmed',
              unclear: 'reportUnclear',
            } as const
          )[finding],
        )}
      </p>
      {report.answer && <p>{t(report.answer === 'agrees' ? 'reportAgreed' : 'reportContested')}</p>}
      {report.mayAnswer && <Answer order={order} />}
    </section>
  );
}

const NOTE_MAX = 500;
const NOTE_MIN = 3;

function Answer({ order }: { order: OrderView }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const [agreeing, setAgreeing] = useState(false);
  const act = useAct('POST /v1/orders/:id/answer', (next) => {
    setAgreeing(false);
    queries.setQueryData(['order', order.id], next);
    toast(t('reportAnswered'));
  });
  const params = { id: order.id };
  const said = note.trim();
  return (
    <>
      <Field label={t('reportWhy')} maxLength={NOTE_MAX} value={note} onChange={setNote} />
      <div className="choices">
        <Do
          testId="contest"
          disabled={said.length < NOTE_MIN || act.isPending}
          onClick={() => act.mutate({ params, body: { answer: 'contests', note: said } })}
        >
          {t('reportContest')}
        </Do>
        <Do tone="quiet" testId="agree" onClick={() => setAgreeing(true)}>
          {t('reportAgree')}
        </Do>
      </div>
      {act.error && !agreeing && <Refusal of={act.error} />}
      <Confirm
        open={agreeing}
        onClose={() => setAgreeing(false)}
        onConfirm={() => act.mutate({ params, body: { answer: 'agrees' } })}
        busy={act.isPending}
        danger
        title={t('reportAgree')}
        say={t('reportAgreeSay')}
        act={t('reportAgree')}
      >
        {act.error && <Refusal of={act.error} />}
      </Confirm>
    </>
  );
}
