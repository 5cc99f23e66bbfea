/** One account over some days: what it opened with, every entry, what it closed with. */

import { Input } from 'antd';
import type { ReactNode } from 'react';
import { Money, parseFen } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import { chinaDay } from '../../kit/time.tsx';
import type { Statement } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { Icon } from '../parts/icons.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing, type Paging } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { AccountLink } from './ledger.tsx';

const DAYS_BACK = 30;

export function StatementScreen(): ReactNode {
  const t = useSay();
  const code = usePathPart('code');
  const [search, filter] = useFilters();
  const from = search.from ?? chinaDay(-DAYS_BACK);
  const to = search.to ?? chinaDay();
  const found = useAsk('GET /v1/console/ledger/accounts/:code/statement', {
    params: { code },
    query: filled({ from, to, cursor: search.cursor }),
  });
  const file = (format: string): string =>
    `/v1/console/ledger/accounts/${encodeURIComponent(code)}/statement.${format}?${new URLSearchParams({ from, to })}`;
  return (
    <Screen
      title={t('ledger.statement', { code })}
      actions={
        <>
          <a className="co-download" href={file('xlsx')} download>
            <Icon name="down" /> {t('ledger.xlsx')}
          </a>
          <a className="co-download" href={file('csv')} download>
            <Icon name="down" /> {t('ledger.csv')}
          </a>
        </>
      }
    >
      <div className="co-filters">
        <Field label={t('ledger.from')} row>
          <Input
            type="date"
            value={from}
            max={to}
            onChange={({ target }) =>
              filter({ from: target.value || undefined, cursor: undefined })
            }
          />
        </Field>
        <Field label={t('ledger.to')} row>
          <Input
            type="date"
            value={to}
            min={from}
            max={chinaDay()}
            onChange={({ target }) => filter({ to: target.value || undefined, cursor: undefined })}
          />
        </Field>
      </div>
      {found.error && <Refusal of={found.error} onRetry={() => void found.refetch()} />}
      {!found.data && !found.error && <Skeleton lines={8} />}
      {found.data && (
        <Entries
          of={found.data}
          paging={{
            next: found.data.next,
            cursor: search.cursor,
            go: (next) => filter({ cursor: next }),
          }}
        />
      )}
    </Screen>
  );
}

function Entries({ of, paging }: { of: Statement; paging: Paging }): ReactNode {
  const t = useSay();
  const change = (parseFen(of.closingFen) ?? 0n) - (parseFen(of.openingFen) ?? 0n);
  return (
    <>
      <dl className="co-tiles">
        <div>
          <dt>{t('ledger.opening')}</dt>
          <dd>
            <Money fen={of.openingFen} />
          </dd>
        </div>
        <div>
          <dt>{t('ledger.change')}</dt>
          <dd>
            <Money fen={change.toString()} signed />
          </dd>
        </div>
        <div>
          <dt>{t('ledger.closing')}</dt>
          <dd>
            <Money fen={of.closingFen} />
          </dd>
        </div>
      </dl>
      <Listing
        caption={t('ledger.statement', { code: of.account })}
        rows={of.entries}
        rowKey={({ no }) => String(no)}
        paging={paging}
        empty={{ title: t('ledger.noEntry'), next: t('ledger.noEntryNext') }}
        columns={[
          { title: t('payouts.at'), show: ({ at }) => <When at={at} /> },
          { title: t('ledger.kind'), show: ({ kind }) => <code>{kind}</code> },
          { title: t('cases.subject'), show: ({ subject }) => <ShortId id={subject} /> },
          { title: t('ledger.other'), show: ({ other }) => <AccountLink code={other} /> },
          {
            title: t('ledger.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" signed />,
          },
          {
            title: t('ledger.after'),
            align: 'right',
            show: ({ balanceFen }) => <Money fen={balanceFen} size="s" />,
          },
        ]}
      />
    </>
  );
}
