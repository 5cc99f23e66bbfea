/** The published rules: four steps, every fee, the payout promise and its price, floors, results of a check. */
import { useQuery } from '@tanstack/react-query';
import { CODES, RESULTS } from '../../src/cards/schema.ts';
import { call } from '../api.ts';
import { lineWords, Refusal, Skeleton, useMoment, usePick, yuanText } from '../kit/index.ts';
import { useCatalogue } from './catalogue.ts';
import { categoryName } from './product.tsx';
import { usePageTitle } from './shell.tsx';
import { type PlainKey, useTexts } from './texts.ts';

const steps = [
  ['how1', 'how1Say'],
  ['how2', 'how2Say'],
  ['how3', 'how3Say'],
  ['how4', 'how4Say'],
] as const satisfies readonly (readonly [PlainKey, PlainKey])[];

const FEES = ['PLATFORM_FEE', 'VERIFICATION', 'PAYOUT_RAIL', 'INSURANCE'];
const FACTORS = ['DENOMINATION_ADJ', 'EXPIRY_ADJ', 'SLOT_ADJ', 'HOLIDAY_ADJ'];

export function How(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  usePageTitle(t('howTitle'));
  return (
    <div className="page narrow stack">
      <h1>{t('howTitle')}</h1>
      <ol className="how-steps" aria-label={t('howSteps')}>
        {steps.map(([name, say]) => (
          <li key={name} className="panel">
            <h2>{t(name)}</h2>
            <p>{t(say)}</p>
          </li>
        ))}
      </ol>
      <section className="panel" aria-labelledby="fees">
        <h2 id="fees">{t('howFees')}</h2>
        <p>{t('howFeesSay')}</p>
        <dl className="explained">
          {[...FEES, ...FACTORS].map((code) => {
            const words = lineWords(code);
            return (
              words && (
                <div key={code}>
                  <dt>{pick(words.name)}</dt>
                  <dd>{pick(words.why)}</dd>
                </div>
              )
            );
          })}
        </dl>
      </section>
      <Promised />
      <section className="panel" aria-labelledby="secret">
        <h2 id="secret">{t('howSecret')}</h2>
        <p>{t('howSecretSay')}</p>
      </section>
      <Floors />
      <section className="panel" aria-labelledby="results">
        <h2 id="results">{t('howResults')}</h2>
        <dl className="explained">
          {CODES.map((code) => (
            <div key={code}>
              <dt>{pick(RESULTS[code].text)}</dt>
              <dd>{pick(RESULTS[code].remedy)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

function Promised(): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const { data, error, refetch } = useQuery({
    queryKey: ['payout-policy'],
    queryFn: () => call('GET /v1/payout-policy'),
  });
  return (
    <section className="panel" aria-labelledby="promise">
      <h2 id="promise">{t('howPromise')}</h2>
      {error && <Refusal of={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={2} />}
      {data && (
        <>
          <p>
            {t('howPromiseSay', {
              hour: data.cutOffHour,
              day: moment(data.promisedOn, 'weekday'),
            })}
          </p>
          <p data-testid="compensation-policy">
            {t('howLate', {
              rate: `${data.compensationBpsPerDay / 100}%`,
              least: yuanText(data.compensationMinFenPerDay),
              days: data.compensationDaysMax,
            })}
          </p>
        </>
      )}
    </section>
  );
}

function Floors(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { offers, error, retry } = useCatalogue();
  const floors = new Map<string, number>();
  for (const { product, price } of offers ?? [])
    if (price) floors.set(product.category, price.floorBps);
  return (
    <section className="panel" aria-labelledby="floors">
      <h2 id="floors">{t('howFloors')}</h2>
      <p>{t('howFloorsSay')}</p>
      {error && !offers && <Refusal of={error} onRetry={retry} />}
      {!offers && !error && <Skeleton lines={4} />}
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('howCategory')}</th>
            <th scope="col">{t('howFloor')}</th>
          </tr>
        </thead>
        <tbody>
          {[...floors].map(([category, bps]) => (
            <tr key={category}>
              <th scope="row">{categoryName(category, pick)}</th>
              <td>{t('howFloorOf', { share: `${bps / 100}%` })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
