/** Anybody may check a receipt of a counter here: whether it is genuine, and how far what it promised is. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Routes } from '../api.gen.ts';
import { call } from '../api.ts';
import { Moment, Money, Notice, Refusal, Skeleton, usePick } from '../kit/index.ts';
import { usePageTitle } from './shell.tsx';
import { type PlainKey, useTexts } from './texts.ts';

type Receipt = Routes['GET /v1/receipts/:number']['reply'];
const progress: Record<NonNullable<Receipt['progress']>, PlainKey> = {
  checking: 'progChecking',
  secured: 'progSecured',
  credited: 'progCredited',
  paid: 'progPaid',
  review: 'progReview',
  not_bought: 'progNotBought',
};

export function ReceiptPage(): React.ReactNode {
  const { number } = useParams({ from: '/receipts/$number' });
  const t = useTexts();
  usePageTitle(t('receiptTitle'));
  const receipt = useQuery({
    queryKey: ['receipt', number],
    queryFn: () => call('GET /v1/receipts/:number', { params: { number } }),
  });
  return (
    <div className="page narrow stack">
      <h1>{t('receiptTitle')}</h1>
      {receipt.error && <Refusal of={receipt.error} onRetry={() => void receipt.refetch()} />}
      {!receipt.error && !receipt.data && <Skeleton lines={6} />}
      {receipt.data && <Found receipt={receipt.data} />}
      <p className="fine">{t('receiptPrivate')}</p>
    </div>
  );
}

function Found({ receipt }: { receipt: Receipt }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { shop, product, faceFen, netFen, takenAt, agreedAt, record, number } = receipt;
  const facts: (readonly [string, React.ReactNode])[] = [
    ...(shop
      ? [
          [
            t('receiptShop'),
            <Link key="shop" to="/recyclers/$recyclerId" params={{ recyclerId: shop.id }}>
              {shop.name}
            </Link>,
          ] as const,
        ]
      : []),
    ...(product ? [[t('receiptCard'), pick(product.name)] as const] : []),
    ...(faceFen ? [[t('receiptFace'), <Money key="face" fen={faceFen} />] as const] : []),
    ...(netFen ? [[t('receiptNet'), <Money key="net" fen={netFen} />] as const] : []),
    ...(takenAt
      ? [[t('receiptTaken'), <Moment key="taken" at={takenAt} form="minute" />] as const]
      : []),
    ...(agreedAt
      ? [[t('receiptAgreed'), <Moment key="agreed" at={agreedAt} form="minute" />] as const]
      : []),
    ...(receipt.progress ? [[t('receiptProgress'), t(progress[receipt.progress])] as const] : []),
    ...(record
      ? [
          [
            t('receiptRecord'),
            record.seq === undefined ? t('receiptSeqSoon') : t('receiptSeq', { n: record.seq }),
          ] as const,
        ]
      : []),
    [t('receiptNumber'), <code key="number">{number}</code>],
  ];
  return (
    <section className="panel stack" data-testid="receipt" data-state={receipt.state}>
      <Verdict receipt={receipt} />
      <dl className="explained">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Verdict({ receipt: { state, shop, record } }: { receipt: Receipt }): React.ReactNode {
  const t = useTexts();
  const says = (tone: 'good' | 'info' | 'warn', title: string, text: string) => (
    <Notice tone={tone} icon={tone === 'good' ? 'shield' : 'info'} title={title}>
      <p>{text}</p>
    </Notice>
  );
  if (state === 'unseen') return says('info', t('receiptUnseen'), t('receiptUnseenSay'));
  if (state === 'waiting') return says('info', t('receiptOpen'), t('receiptOpenSay'));
  if (state !== 'agreed') return says('warn', t('receiptEnded'), t('receiptEndedSay'));
  return record?.holds
    ? says('good', t('receiptGood'), t('receiptGoodSay', { shop: shop?.name ?? '' }))
    : says('warn', t('receiptDiffers'), t('receiptDiffersSay'));
}
