/** Payout runs: one person makes the list, another approves what is above the threshold. */
import type { ReactNode } from 'react';
import { PAYOUT_POLICY } from '../../../src/settlement/schema.ts';
import { fen, Money, yuan } from '../../kit/money.tsx';
import type { PayoutRun } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay, useMe } from '../session.ts';

export function PayoutRunsScreen(): ReactNode {
  const t = useSay();
  const [{ cursor }, filter] = useFilters();
  const runs = useAsk('GET /v1/console/payout-runs', { query: filled({ cursor }) });
  const may = useMay(['finance', 'admin']);
  const make = useAct('POST /v1/console/payout-runs', t('runs.made'));
  return (
    <Screen
      title={t('runs.title')}
      lead={t('runs.lead', { amount: yuan(fen(PAYOUT_POLICY.checkFromFen)) })}
      actions={
        may && (
          <AskedButton
            type="primary"
            loading={make.busy}
            label={t('runs.make')}
            sure={t('runs.makeSure')}
            calm
            act={() => make.run({})}
          />
        )
      }
    >
      <Listing
        caption={t('runs.title')}
        rows={runs.data?.items}
        error={runs.error}
        refetch={runs.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('runs.empty'), next: t('runs.emptyNext') }}
        paging={{ next: runs.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('runs.day'), show: ({ day }) => day },
          { title: t('orders.state'), show: (run) => <RunState of={run} /> },
          { title: t('runs.count'), align: 'right', show: ({ count }) => count },
          {
            title: t('runs.total'),
            align: 'right',
            show: ({ totalFen }) => <Money fen={totalFen} size="s" />,
          },
          {
            title: t('runs.over'),
            align: 'right',
            show: ({ overCount, overFen }) =>
              overCount > 0 ? (
                <span className="co-twoline">
                  <Money fen={overFen} size="s" />
                  <small>{t('runs.pieces', { n: overCount })}</small>
                </span>
              ) : (
                '–'
              ),
          },
          {
            title: t('runs.maker'),
            show: ({ maker, madeAt }) => (
              <span className="co-twoline">
                <Maker of={maker} />
                <small>
                  <When at={madeAt} />
                </small>
              </span>
            ),
          },
          {
            title: t('runs.checker'),
            show: ({ checker, checkedAt }) =>
              checker ? (
                <span className="co-twoline">
                  <ShortId id={checker} plain />
                  <small>{checkedAt && <When at={checkedAt} />}</small>
                </span>
              ) : (
                '–'
              ),
          },
          { title: t('shell.actions'), show: (run) => <Approve of={run} /> },
        ]}
      />
    </Screen>
  );
}

const WAITS = 'awaiting_approval';
const states: Record<string, [Tone, 'waits' | 'approved' | 'done' | 'lapsed']> = {
  [WAITS]: ['warn', 'waits'],
  approved: ['good', 'approved'],
  done: ['good', 'done'],
  lapsed: ['idle', 'lapsed'],
};

function RunState({ of }: { of: PayoutRun }): ReactNode {
  const t = useSay();
  const known = states[of.state];
  if (!known) return of.state;
  return <Mark tone={known[0]}>{t(`runs.state.${known[1]}`)}</Mark>;
}

/** A run is made by a person, or by the clock at the cut-off. */
function Maker({ of }: { of: string }): ReactNode {
  const t = useSay();
  return of === 'clock' ? t('runs.byClock') : <ShortId id={of} plain />;
}

function Approve({ of }: { of: PayoutRun }): ReactNode {
  const t = useSay();
  const me = useMe();
  const may = useMay(['finance', 'admin']);
  const approve = useAct('POST /v1/console/payout-runs/:id/approve', t('runs.approved'));
  if (!may || of.state !== WAITS) return null;
  if (me?.id === of.maker) return <small>{t('runs.mine')}</small>;
  return (
    <AskedButton
      size="small"
      type="primary"
      loading={approve.busy}
      label={t('runs.approve')}
      sure={
        <>
          <p>
            {t('runs.approveSure', { n: of.overCount })} <Money fen={of.overFen} />
          </p>
          <p>{t('shell.irreversible')}</p>
        </>
      }
      act={() => approve.run({ params: { id: of.id } })}
    />
  );
}
