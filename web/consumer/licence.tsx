/** The business licence of a recycler, for everybody who wants to know whom they deal with. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call } from '../api.ts';
import { Refusal, Skeleton, useMoment, usePick } from '../kit/index.ts';
import { usePageTitle } from './shell.tsx';
import { useTexts } from './texts.ts';

export function LicencePage(): React.ReactNode {
  const { recyclerId } = useParams({ from: '/recyclers/$recyclerId' });
  const t = useTexts();
  const pick = usePick();
  const moment = useMoment();
  const licence = useQuery({
    queryKey: ['licence', recyclerId],
    queryFn: () => call('GET /v1/recyclers/:id/licence', { params: { id: recyclerId } }),
  });
  usePageTitle(licence.data?.name ?? t('licenceTitle'));
  if (licence.error) return <Refusal of={licence.error} onRetry={() => void licence.refetch()} />;
  if (!licence.data) return <Skeleton lines={6} />;
  const { name, creditCode, legalPerson, address, validUntil, verifiedAt, stateSaid, scorecard } =
    licence.data;
  const facts = [
    [t('licenceCode'), creditCode],
    [t('licencePerson'), legalPerson],
    [t('licenceAddress'), address ?? '–'],
    [t('licenceUntil'), validUntil ?? t('licenceNoTerm')],
    [t('licenceState'), pick(stateSaid)],
    [t('licenceVerified'), moment(verifiedAt, 'minute')],
    [
      t('licenceScore'),
      scorecard
        ? t('licenceScoreSay', { ...scorecard, days: scorecard.windowDays })
        : t('licenceNoScore'),
    ],
  ] as const;
  return (
    <div className="page narrow stack">
      <h1>{t('licenceTitle')}</h1>
      <section className="panel" aria-labelledby="licence-of">
        <h2 id="licence-of">{name}</h2>
        <dl className="explained">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <p className="fine">{t('licenceSay')}</p>
    </div>
  );
}
