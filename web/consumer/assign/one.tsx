/** One assignment: where it stands, what this side does next, and its signed documents in words. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Reply } from '../../api.ts';
import { Moment, Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { Fact } from '../fact.tsx';
import { SecretSheet } from '../market/order-parts.tsx';
import './assign.css';
import { useAssignWords } from './texts.ts';

type Assignment = Reply<'GET /v1/exchange/assignments/:id'>;
type Paper = Reply<'GET /v1/exchange/assignments/:id/documents'>['items'][number];
const SOON_MS = 2_000;

export function AssignmentPage({ id }: { id: string }): React.ReactNode {
  const t = useAssignWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['assignment', id],
    queryFn: () => call('GET /v1/exchange/assignments/:id', { params: { id } }),
    refetchInterval: SOON_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const one = found.data;
  return (
    <>
      <section className="panel" data-testid="assignment" data-state={one.state}>
        <h1>{pick(one.product)}</h1>
        <p>
          <span className="tag">{t(one.role)}</span>{' '}
          <span className="tag">{t(`state_${one.state}` as 'state_paid')}</span>
        </p>
        <dl className="facts">
          <Fact name={t('face')}>{yuanText(one.faceFen)}</Fact>
          {one.balanceFen && <Fact name={t('balance')}>{yuanText(one.balanceFen)}</Fact>}
          <Fact name={t('price')}>{yuanText(one.priceFen)}</Fact>
          {one.role === 'seller' && <Fact name={t('fee')}>{yuanText(one.feeFen)}</Fact>}
        </dl>
      </section>
      <Next one={one} />
      <Papers id={id} state={one.state} />
    </>
  );
}

function Next({ one }: { one: Assignment }): React.ReactNode {
  const t = useAssignWords();
  const queries = useQueryClient();
  const [secret, setSecret] = useState<{ number: string; pin?: string }>();
  const again = () => void queries.invalidateQueries({ queryKey: ['assignment', one.id] });
  const fetch = useAct('POST /v1/exchange/assignments/:id/secret', setSecret);
  const withdraw = useAct('POST /v1/exchange/assignments/:id/withdraw', again);
  const input = { params: { id: one.id }, body: {} };
  return (
    <>
      {one.role === 'buyer' && one.state === 'agreed' && one.payUrl && (
        <a className="hq-button" href={one.payUrl} data-testid="assign-pay">
          {t('pay')} · {yuanText(one.priceFen)}
        </a>
      )}
      {one.role === 'buyer' && one.state === 'noticed' && (
        <section className="panel form">
          <p>{t('fetchSay')}</p>
          {fetch.error && <Refusal of={fetch.error} />}
          <Do busy={fetch.isPending} testId="assign-fetch" onClick={() => fetch.mutate(input)}>
            {t('fetch')}
          </Do>
        </section>
      )}
      {one.role === 'seller' && one.state === 'attested' && (
        <>
          {withdraw.error && <Refusal of={withdraw.error} />}
          <Do
            tone="quiet"
            busy={withdraw.isPending}
            testId="assign-withdraw"
            onClick={() => withdraw.mutate(input)}
          >
            {t('withdraw')}
          </Do>
        </>
      )}
      <SecretSheet
        secret={secret}
        onDone={() => {
          setSecret(undefined);
          again();
        }}
      />
    </>
  );
}

function Papers({ id, state }: { id: string; state: string }): React.ReactNode {
  const t = useAssignWords();
  const found = useQuery({
    queryKey: ['assignment-papers', id, state],
    queryFn: () => call('GET /v1/exchange/assignments/:id/documents', { params: { id } }),
  });
  if (!found.data || found.data.items.length === 0) return null;
  return (
    <section aria-labelledby="papers" data-testid="papers">
      <h2 id="papers">{t('papers')}</h2>
      {found.data.items.map((one) => (
        <One key={one.digest} one={one} />
      ))}
    </section>
  );
}

/** What it says, who signed it, when, and the hash by which anybody can check it. */
function One({ one }: { one: Paper }): React.ReactNode {
  const t = useAssignWords();
  const kind = one.kind as 'Order';
  const { balance, price, amount } = one.message;
  const sum = balance ?? price ?? amount;
  return (
    <article className="panel" data-testid={`paper-${one.kind}`}>
      <h3>{t(`doc_${kind}`)}</h3>
      <p>{t(`doc_${kind}_say`)}</p>
      <dl className="facts">
        {sum && <Fact name={t('amount')}>{yuanText(sum)}</Fact>}
        <Fact name={t('signedAt')}>
          <Moment at={one.signedAt} form="minute" />
        </Fact>
        <Fact name={t('signedBy')}>{t(`by_${kind}`)}</Fact>
      </dl>
      <p className="fine">
        {t('key')} <code className="assign-hash">{one.signer}</code>
      </p>
      <p className="fine">
        {t('digest')} <code className="assign-hash">{one.digest}</code>
      </p>
    </article>
  );
}
