/** Ledger, chain and custody beside each other, and how far the chain has been read; nothing where there is no chain. */
import type { ReactNode } from 'react';
import { yuanText } from '../../kit/money.tsx';
import { useAsk } from '../ask.ts';
import type { Reply } from '../client.ts';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';

type Round = Reply<'GET /v1/console/exchange/reconciliations'>['items'][number];

export function ChainBooks(): ReactNode {
  const exchange = useAsk('GET /v1/exchange', {});
  return exchange.data?.chain ? <Books /> : null;
}

function Books(): ReactNode {
  const t = useSay();
  const status = useAsk('GET /v1/console/exchange/chain', {});
  const rounds = useAsk('GET /v1/console/exchange/reconciliations', {});
  const [newest] = rounds.data?.items ?? [];
  return (
    <section aria-labelledby="chain-books" data-testid="chain-books">
      <h2 id="chain-books">{t('chain.title')}</h2>
      <p>{t('chain.lead')}</p>
      {status.data && (
        <dl className="co-tiles">
          <div>
            <dt>{t('chain.head')}</dt>
            <dd>{status.data.head}</dd>
          </div>
          <div data-bad={status.data.lag > 0}>
            <dt>{t('chain.lag')}</dt>
            <dd>{status.data.lag}</dd>
          </div>
          <div>
            <dt>{t('chain.rollbacks')}</dt>
            <dd>{status.data.rollbacks}</dd>
          </div>
          <div>
            <dt>{t('chain.waiting')}</dt>
            <dd>{status.data.waiting}</dd>
          </div>
        </dl>
      )}
      {newest && <Findings of={newest} />}
    </section>
  );
}

function Findings({ of }: { of: Round }): ReactNode {
  const t = useSay();
  return (
    <>
      <p>
        <Mark tone={of.findings.length === 0 ? 'good' : 'bad'}>
          {t('chain.compared', { n: of.checked, findings: of.findings.length, block: of.block })}
        </Mark>{' '}
        <When at={of.at} />
      </p>
      <Listing
        caption={t('chain.title')}
        rows={of.findings}
        rowKey={({ kind, subject }) => `${kind} ${subject}`}
        rowTone={() => 'bad'}
        empty={{ title: t('chain.quiet'), next: t('chain.quietNext') }}
        columns={[
          { title: t('ledger.kind'), show: ({ kind }) => t(KINDS[kind] ?? 'chain.kind.missing') },
          { title: t('ledger.ref'), show: ({ subject }) => <ShortId id={subject} /> },
          { title: t('chain.ledger'), show: (one) => side(one, one.ledger) },
          { title: t('chain.chain'), show: (one) => side(one, one.chain) },
          { title: t('chain.custody'), show: (one) => side(one, one.custody) },
        ]}
      />
    </>
  );
}

const KINDS: Readonly<
  Record<string, `chain.kind.${'money' | 'supply' | 'owner' | 'promise' | 'missing'}`>
> = {
  money: 'chain.kind.money',
  supply: 'chain.kind.supply',
  owner: 'chain.kind.owner',
  promise: 'chain.kind.promise',
  missing: 'chain.kind.missing',
};

function side({ kind }: Round['findings'][number], value: string | undefined): ReactNode {
  if (value === undefined) return '–';
  if (kind === 'money' || kind === 'supply') return yuanText(value);
  return value.startsWith('0x') ? <ShortId id={value} /> : value;
}
