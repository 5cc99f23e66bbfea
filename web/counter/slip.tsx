/** What the seller takes home on paper: an intake slip while nothing is sold, a receipt afterwards. Nothing personal. */
import { Moment, Money, Skeleton, usePick } from '../kit/index.ts';
import { useTaken, useVisit } from './facts.ts';
import { Lost, useHere, useTitle } from './here.tsx';
import { useVisitId } from './link.tsx';
import { Qr } from './qr.tsx';
import { useCounterTexts } from './texts.ts';

export function SlipPage(): React.ReactNode {
  const visitId = useVisitId();
  const t = useCounterTexts();
  const pick = usePick();
  const till = useHere();
  useTitle(t('slipTitle'));
  const list = useTaken();
  const taken = list.data?.find(({ id }) => id === visitId);
  const asked = list.data !== undefined && taken?.state !== 'queued' && taken?.state !== 'refused';
  const { data: visit, error } = useVisit(till, visitId, asked);
  const slip = visit ?? taken;
  if (!slip) return list.data && error ? <Lost /> : <Skeleton lines={6} />;
  const sku = visit?.product.sku ?? taken?.sku ?? '';
  const name = visit?.product.name ?? till.products.find((one) => one.sku === sku)?.name;
  const isSold = visit?.state === 'agreed' && visit.order !== undefined;
  const facts = [
    [t('slipShop'), till.shopName],
    [t('slipTill'), visit?.till ?? till.till],
    [t('slipCard'), name ? pick(name) : sku],
    [t('slipFace'), <Money key="face" fen={slip.faceFen} />],
    ...(isSold ? [[t('slipNet'), <Money key="net" fen={visit.order?.netFen ?? '0'} />]] : []),
    [t('slipTaken'), <Moment key="taken" at={slip.takenAt} form="minute" />],
    ...(isSold && visit.endedAt
      ? [[t('slipAgreed'), <Moment key="agreed" at={visit.endedAt} form="minute" />]]
      : []),
    [t('slipNumber'), <code key="number">{slip.number}</code>],
  ] as const;
  return (
    <div className="page narrow">
      <article className="panel stack counter-slip" data-testid="slip-page" data-sold={isSold}>
        <header>
          <h1>{t(isSold ? 'slipSold' : 'slipIntake')}</h1>
        </header>
        <dl>
          {facts.map(([label, value]) => (
            <div key={String(label)}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {isSold ? (
          <Qr path={`/receipts/${slip.number}`} label={t('slipCheck')} />
        ) : (
          <Qr path={`/visits/${slip.token}`} label={t('slipAnswer')} />
        )}
        <p className="fine">{t(isSold ? 'slipPaid' : 'slipNothing')}</p>
        <button
          type="button"
          className="hq-button hq-button-wide no-print"
          onClick={() => window.print()}
        >
          {t('slipPrint')}
        </button>
      </article>
    </div>
  );
}
