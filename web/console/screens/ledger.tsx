/** The books: trial balance, accounts by prefix, and every transfer of one subject. */

import { Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Money, parseFen } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { TrialBalance } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { Icon } from '../parts/icons.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { momentText, When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';
import { SubjectFilter } from './record.tsx';

export function LedgerScreen(): ReactNode {
  const t = useSay();
  const [{ subject }, filter] = useFilters();
  const mayLookBack = useMay(['finance', 'compliance', 'auditor', 'admin']);
  return (
    <Screen
      title={t('ledger.title')}
      lead={t('ledger.lead')}
      actions={
        mayLookBack && (
          <>
            <Link to="/ledger/day-ends" className="co-download">
              <Icon name="equal" /> {t('dayEnds.title')}
            </Link>
            <Link to="/ledger/periods" className="co-download">
              <Icon name="lock" /> {t('periods.title')}
            </Link>
          </>
        )
      }
    >
      <Panel title={t('ledger.transfers')}>
        <SubjectFilter subject={subject} change={(next) => filter({ subject: next })} />
        {subject && <Movements of={subject} />}
      </Panel>
      <TrialPanel />
      <Accounts />
    </Screen>
  );
}

function TrialPanel(): ReactNode {
  const t = useSay();
  const { data, error, refetch } = useAsk('GET /v1/console/ledger/trial-balance', {});
  return (
    <Panel
      title={t('ledger.trial')}
      note={data && t('ledger.at', { at: momentText(data.at) })}
      actions={
        data && (
          <Mark tone={data.balanced ? 'good' : 'bad'}>
            {data.balanced ? t('ledger.balanced') : t('ledger.unbalanced')}
          </Mark>
        )
      }
    >
      {error && <Refusal of={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={5} />}
      {data && <Trial of={data} />}
    </Panel>
  );
}

function Trial({ of }: { of: TrialBalance }): ReactNode {
  const t = useSay();
  const sum = of.classes.reduce((total, row) => total + (parseFen(row.balanceFen) ?? 0n), 0n);
  return (
    <>
      <Listing
        caption={t('ledger.trial')}
        rows={of.classes}
        rowKey={(row) => row.class}
        columns={[
          {
            title: t('ledger.class'),
            show: (row) => (
              <Link to="/ledger" search={{ prefix: row.class }}>
                <code>{row.class}</code>
              </Link>
            ),
          },
          { title: t('ledger.count'), align: 'right', show: ({ accounts }) => accounts },
          {
            title: t('ledger.balance'),
            align: 'right',
            show: ({ balanceFen }) => <Money fen={balanceFen} size="s" />,
          },
          {
            title: t('ledger.held'),
            align: 'right',
            show: ({ heldFen }) => <Money fen={heldFen} size="s" />,
          },
        ]}
      />
      <dl className="co-sums">
        <div className="co-sum">
          <dt>{t('ledger.debit')}</dt>
          <dd>
            <Money fen={of.debitFen} size="s" />
          </dd>
        </div>
        <div className="co-sum">
          <dt>{t('ledger.credit')}</dt>
          <dd>
            <Money fen={of.creditFen} size="s" />
          </dd>
        </div>
        <div className="co-sum">
          <dt>{t('ledger.sum')}</dt>
          <dd>
            <Money fen={sum.toString()} />
          </dd>
        </div>
      </dl>
    </>
  );
}

function Accounts(): ReactNode {
  const t = useSay();
  const [{ prefix, cursor }, filter] = useFilters();
  const accounts = useAsk('GET /v1/console/ledger/accounts', {
    query: filled({ prefix, cursor }),
  });
  return (
    <Panel
      title={t('ledger.accounts')}
      actions={
        <PrefixFilter
          key={prefix ?? ''}
          prefix={prefix ?? ''}
          change={(next) => filter({ prefix: next || undefined })}
        />
      }
    >
      <Listing
        caption={t('ledger.accounts')}
        rows={accounts.data?.items}
        error={accounts.error}
        refetch={accounts.refetch}
        rowKey={({ code }) => code}
        paging={{ next: accounts.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('ledger.code'),
            show: ({ code }) => (
              <Link to="/ledger/$code" params={{ code }}>
                <code className="co-break">{code}</code>
              </Link>
            ),
          },
          {
            title: t('ledger.balance'),
            align: 'right',
            show: ({ balanceFen }) => <Money fen={balanceFen} size="s" />,
          },
          {
            title: t('ledger.held'),
            align: 'right',
            show: ({ heldFen }) => <Money fen={heldFen} size="s" />,
          },
          { title: t('ledger.entries'), align: 'right', show: ({ entries }) => entries },
        ]}
      />
    </Panel>
  );
}

/** Codes are capitals before the colon; the owner's part keeps its letters. */
const asPrefix = (text: string): string => {
  const [head = '', ...rest] = text.trim().split(':');
  return [head.toUpperCase(), ...rest].join(':');
};

function PrefixFilter(props: { prefix: string; change: (prefix: string) => void }): ReactNode {
  const t = useSay();
  const [text, setText] = useState(props.prefix);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.change(asPrefix(text));
      }}
    >
      <Field label={t('ledger.prefix')} row>
        <Input
          value={text}
          placeholder="PAYABLE:"
          allowClear
          onClear={() => props.change('')}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
    </form>
  );
}

function Movements({ of }: { of: string }): ReactNode {
  const t = useSay();
  const { data, error, refetch } = useAsk('GET /v1/console/ledger/transfers', {
    query: { subject: of },
  });
  return (
    <>
      <Listing
        caption={t('ledger.transfers')}
        rows={data?.items}
        error={error}
        refetch={refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('ledger.noTransfer'), next: t('ledger.noTransferNext') }}
        columns={[
          { title: t('payouts.at'), show: ({ at }) => <When at={at} /> },
          { title: t('ledger.kind'), show: ({ kind }) => <code>{kind}</code> },
          { title: t('ledger.ref'), show: ({ ref }) => <ShortId id={ref} /> },
          {
            title: t('ledger.legs'),
            show: ({ legs }) => (
              <ul className="co-plain-list">
                {legs.map((leg) => (
                  <li key={`${leg.from} ${leg.to}`} className="co-leg">
                    <AccountLink code={leg.from} /> → <AccountLink code={leg.to} />{' '}
                    <Money fen={leg.amountFen} size="s" />
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
      {data && data.holds.length > 0 && (
        <Listing
          caption={t('ledger.holds')}
          showCaption
          rows={data.holds}
          rowKey={({ id }) => id}
          columns={[
            { title: t('payouts.at'), show: ({ at }) => <When at={at} /> },
            { title: t('orders.state'), show: ({ state }) => state },
            {
              title: t('ledger.legs'),
              show: ({ from, to, amountFen }) => (
                <span className="co-leg">
                  <AccountLink code={from} /> → <AccountLink code={to} />{' '}
                  <Money fen={amountFen} size="s" />
                </span>
              ),
            },
            { title: t('ledger.expires'), show: ({ expiresAt }) => <When at={expiresAt} /> },
          ]}
        />
      )}
    </>
  );
}

export function AccountLink({ code }: { code: string }): ReactNode {
  return (
    <Link to="/ledger/$code" params={{ code }}>
      <code className="co-break" title={code}>
        {code.length > 24 ? `${code.slice(0, 10)}…${code.slice(-8)}` : code}
      </code>
    </Link>
  );
}
