/** The stored end of one day beside what its entries give now, and as a file to take away. */
import type { ReactNode } from 'react';
import { Money, parseFen } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { DayEnd } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { Icon } from '../parts/icons.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { FinalMark } from './day-ends.tsx';

export function DayEndScreen(): ReactNode {
  const t = useSay();
  const day = usePathPart('day');
  const { data, error, refetch } = useAsk('GET /v1/console/ledger/day-ends/:day', {
    params: { day },
  });
  const file = (format: string): string =>
    `/v1/console/ledger/day-ends/${encodeURIComponent(day)}/trial-balance.${format}`;
  return (
    <Screen
      title={t('dayEnds.of', { day })}
      lead={t('dayEnds.ofLead')}
      actions={
        data && (
          <>
            <a className="co-download" href={file('xlsx')} download>
              <Icon name="down" /> {t('ledger.xlsx')}
            </a>
            <a className="co-download" href={file('csv')} download>
              <Icon name="down" /> {t('ledger.csv')}
            </a>
          </>
        )
      }
    >
      {error && <Refusal of={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={8} />}
      {data && <Sums of={data} />}
      {data && <Classes of={data} />}
    </Screen>
  );
}

function Sums({ of }: { of: DayEnd }): ReactNode {
  const t = useSay();
  return (
    <>
      <dl className="co-tiles">
        <div>
          <dt>{t('ledger.debit')}</dt>
          <dd>
            <Money fen={of.debitFen} />
          </dd>
        </div>
        <div>
          <dt>{t('ledger.credit')}</dt>
          <dd>
            <Money fen={of.creditFen} />
          </dd>
        </div>
        <div>
          <dt>{t('dayEnds.takenAt')}</dt>
          <dd className="co-tile-small">
            <When at={of.takenAt} />
          </dd>
        </div>
      </dl>
      <p className="co-gap">
        <FinalMark isFinal={of.isFinal} />{' '}
        <Mark tone={of.matches ? 'good' : of.isFinal ? 'bad' : 'warn'}>
          {t(of.matches ? 'dayEnds.matches' : of.isFinal ? 'dayEnds.broken' : 'dayEnds.late')}
        </Mark>
      </p>
    </>
  );
}

interface Row {
  readonly name: string;
  readonly accounts: number;
  readonly stored: bigint;
  readonly now: bigint;
}

/** A class may have come with a late entry, so both lists count. */
function rowsOf({ classes, recomputed }: DayEnd): Row[] {
  const rows = new Map<string, Row>();
  for (const { class: name, accounts, balanceFen } of classes)
    rows.set(name, { name, accounts, stored: parseFen(balanceFen) ?? 0n, now: 0n });
  for (const { class: name, accounts, balanceFen } of recomputed) {
    const stored = rows.get(name)?.stored ?? 0n;
    rows.set(name, { name, accounts, stored, now: parseFen(balanceFen) ?? 0n });
  }
  return [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function Classes({ of }: { of: DayEnd }): ReactNode {
  const t = useSay();
  return (
    <Listing
      caption={t('dayEnds.of', { day: of.day })}
      rows={rowsOf(of)}
      rowKey={({ name }) => name}
      rowTone={({ stored, now }) => (stored === now ? undefined : 'warn')}
      columns={[
        { title: t('ledger.class'), show: ({ name }) => <code>{name}</code> },
        { title: t('ledger.count'), align: 'right', show: ({ accounts }) => accounts },
        {
          title: t('dayEnds.stored'),
          align: 'right',
          show: ({ stored }) => <Money fen={String(stored)} size="s" />,
        },
        {
          title: t('dayEnds.now'),
          align: 'right',
          show: ({ now }) => <Money fen={String(now)} size="s" />,
        },
        {
          title: t('dayEnds.difference'),
          align: 'right',
          show: ({ stored, now }) =>
            stored === now ? '–' : <Money fen={String(now - stored)} size="s" signed />,
        },
      ]}
    />
  );
}
