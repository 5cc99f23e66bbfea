/** The queue of cards that a machine could not judge: most urgent first, worked through with the keyboard. */

import { Button, Input, Select } from 'antd';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { CODES, type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { fenFromYuan, Money } from '../../kit/money.tsx';
import { Empty, Refusal, Skeleton } from '../../kit/states.tsx';
import type { ConsoleOrder } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { CategoryName } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';

const EVERY_MS = 10_000;

/** Every state has a deadline; should one be missing, the order has waited since it came here. */
const dueOf = ({ deadline, stateSince }: ConsoleOrder): string => deadline?.at ?? stateSince;

export function ReviewsScreen(): ReactNode {
  const t = useSay();
  const { data, error, refetch } = useAsk(
    'GET /v1/console/reviews',
    { query: {} },
    { everyMs: EVERY_MS },
  );
  const [chosen, setChosen] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const rows = data?.items.toSorted((a, b) => dueOf(a).localeCompare(dueOf(b)));
  const at = rows?.find(({ id }) => id === chosen) ?? rows?.[0];
  const step = useCallback(
    (by: 1 | -1) => {
      const index = rows?.findIndex(({ id }) => id === at?.id) ?? 0;
      const next = rows?.[Math.min(Math.max(index + by, 0), rows.length - 1)];
      if (!next) return;
      setChosen(next.id);
      document.getElementById(`review-${next.id}`)?.focus();
    },
    [rows, at?.id],
  );
  const begin = useCallback(() => form.current?.querySelector<HTMLElement>('input')?.focus(), []);
  useQueueKeys(step, begin);
  if (error && !rows) return <Refusal of={error} onRetry={() => void refetch()} />;
  return (
    <Screen title={t('reviews.title')} lead={t('reviews.lead')}>
      {!rows && <Skeleton lines={8} />}
      {rows?.length === 0 && (
        <Empty icon="check" title={t('reviews.empty')} say={t('reviews.emptyNext')} />
      )}
      {rows && at && (
        <div className="co-queue">
          <ul aria-label={t('reviews.title')}>
            {rows.map((review) => (
              <li key={review.id}>
                <QueueItem
                  of={review}
                  chosen={review.id === at.id}
                  choose={() => setChosen(review.id)}
                />
              </li>
            ))}
          </ul>
          <div>
            <Known of={at} />
            <Decide key={at.id} of={at} form={form} />
          </div>
        </div>
      )}
    </Screen>
  );
}

/** J and K as in a mail reader; never while somebody types or a dialogue is open. */
function useQueueKeys(step: (by: 1 | -1) => void, begin: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const busy = target.closest('input, textarea, [role="dialog"], [role="combobox"]');
      if (busy || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === 'j') step(1);
      if (event.key === 'k') step(-1);
      if (event.key === 'Enter' && !target.closest('a, button:not(.co-queue-item)')) {
        event.preventDefault();
        begin();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [step, begin]);
}

interface QueueItemProps {
  of: ConsoleOrder;
  chosen: boolean;
  choose: () => void;
}
function QueueItem({ of, chosen, choose }: QueueItemProps): ReactNode {
  const pick = usePick();
  return (
    <button
      type="button"
      id={`review-${of.id}`}
      className="co-queue-item"
      aria-current={chosen ? 'true' : undefined}
      onClick={choose}
    >
      <span className="co-twoline">
        <strong>{pick(of.productName)}</strong>
        <small>
          <CategoryName of={of.category} /> · <Money fen={of.faceFen} size="s" />
        </small>
      </span>
      <Due at={dueOf(of)} />
    </button>
  );
}

function Known({ of }: { of: ConsoleOrder }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const why = of.verificationCode ? RESULTS[of.verificationCode as Code] : undefined;
  return (
    <Panel title={t('reviews.known')} actions={<Due at={dueOf(of)} />}>
      <Facts
        of={[
          [
            t('orders.id'),
            <Link key="o" to="/orders/$id" params={{ id: of.id }}>
              …{of.id.slice(-8)}
            </Link>,
          ],
          [t('orders.product'), pick(of.productName)],
          [t('orders.face'), <Money key="f" fen={of.faceFen} size="s" />],
          [t('orders.net'), <Money key="n" fen={of.netFen} size="s" />],
          [t('order.card'), of.cardLast4 ? <code key="l">{of.cardLast4}</code> : '–'],
          [
            t('order.balance'),
            of.balanceFen ? <Money key="b" fen={of.balanceFen} size="s" /> : '–',
          ],
          [t('reviews.why'), why ? pick(why.text) : (of.verificationCode ?? '–')],
          [t('reviews.tries'), t('reviews.times', { n: of.waits })],
          [t('orders.since'), <When key="w" at={of.stateSince} />],
        ]}
      />
    </Panel>
  );
}

const NOTE_MIN = 4;
const NOTE_MAX = 500;
/** To pay, or to quote anew, somebody must have seen what the card holds. */
const needsBalance = (code: Code): boolean => ['pass', 'requote'].includes(RESULTS[code].outcome);
/** What a person may end a review with; waiting and `OTHER` are no ends. */
const ends = CODES.filter((code) => !['wait', 'manual'].includes(RESULTS[code].outcome));

function Decide(props: {
  of: ConsoleOrder;
  form: React.RefObject<HTMLFormElement | null>;
}): ReactNode {
  const t = useSay();
  const pick = usePick();
  const may = useMay(['risk', 'admin']);
  const ask = useConfirm();
  const act = useAct('POST /v1/console/orders/:id/review', t('reviews.done'));
  const [code, setCode] = useState<Code>('OK');
  const [balance, setBalance] = useState('');
  const [note, setNote] = useState('');
  const balanceFen = fenFromYuan(balance);
  const balanceMissing = needsBalance(code) && balanceFen === undefined;
  const balanceWrong = balance !== '' && balanceFen === undefined;
  if (!may) return null;
  const submit = (): void =>
    ask({
      title: t('reviews.sure', { code: pick(RESULTS[code].text) }),
      body: t(`reviews.outcome.${RESULTS[code].outcome}`),
      ok: t('reviews.send'),
      calm: RESULTS[code].outcome === 'pass',
      act: () =>
        act.run({
          params: { id: props.of.id },
          body: { code, ...(balanceFen !== undefined && { balanceFen }), note: note.trim() },
        }),
    });
  return (
    <Panel title={t('reviews.decide')}>
      <form
        ref={props.form}
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('reviews.code')} hint={t(`reviews.outcome.${RESULTS[code].outcome}`)}>
          <Select<Code>
            showSearch={{ optionFilterProp: 'label' }}
            value={code}
            aria-label={t('reviews.code')}
            options={ends.map((value) => ({
              value,
              label: `${pick(RESULTS[value].text)} · ${value}`,
            }))}
            onChange={setCode}
          />
        </Field>
        <Field label={t('reviews.balance')} hint={t('reviews.balanceRule')}>
          <Input
            inputMode="decimal"
            prefix="¥"
            value={balance}
            status={balanceWrong ? 'error' : ''}
            aria-invalid={balanceWrong}
            required={needsBalance(code)}
            onChange={({ target }) => setBalance(target.value)}
          />
        </Field>
        <Field label={t('reviews.note')} hint={t('reviews.noteRule')}>
          <Input.TextArea
            rows={3}
            value={note}
            maxLength={NOTE_MAX}
            onChange={({ target }) => setNote(target.value)}
          />
        </Field>
        <Button
          type="primary"
          htmlType="submit"
          loading={act.busy}
          disabled={note.trim().length < NOTE_MIN || balanceMissing || balanceWrong}
        >
          {t('reviews.send')}
        </Button>
      </form>
    </Panel>
  );
}
