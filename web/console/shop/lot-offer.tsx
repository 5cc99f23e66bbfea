/** One open lot as a bidder sees it: its make-up by part, and one sealed bid for each. */
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { LotOffer } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { MakeUp, Sample, Stand } from './lot-parts.tsx';
import { AmountForm } from './parts.tsx';

const EVERY_MS = 5_000;

export function LotOfferScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const id = usePathPart('id');
  const lotId = usePathPart('lotId');
  const asked = useAsk(
    'GET /v1/recyclers/:id/lot-offers/:lotId',
    { params: { id, lotId } },
    { everyMs: EVERY_MS },
  );
  if (asked.error && !asked.data)
    return <Refusal of={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton lines={8} tall />;
  const offer = asked.data;
  return (
    <Screen title={t('lots.offer')} lead={t('lots.offerLead')}>
      <Panel title={t(`lots.kind.${offer.kind}`)}>
        <Facts
          of={[
            [
              t('lots.state'),
              <Stand key="s" state={offer.state}>
                {pick(offer.stateSaid)}
              </Stand>,
            ],
            [t('lots.closes'), <When key="w" at={offer.closesAt} />],
            [t('lots.cards'), offer.cards],
            [t('lots.face'), <Money key="f" fen={offer.faceFen} size="s" />],
            [t('lots.tranches'), offer.tranches],
          ]}
        />
      </Panel>
      {offer.parts.map((part) => (
        <Part key={part.no} id={id} offer={offer} part={part} />
      ))}
      <Sample of={offer.sample} />
    </Screen>
  );
}

interface PartProps {
  id: string;
  offer: LotOffer;
  part: LotOffer['parts'][number];
}

function Part({ id, offer, part }: PartProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const act = useAct('POST /v1/recyclers/:id/lot-offers/:lotId/bids', t('lots.bidDone'));
  const { bid, productName, dealId } = part;
  const name = productName ? pick(productName) : t('lots.whole');
  const params = { id, lotId: offer.id };
  return (
    <Panel title={`${part.no}. ${name}`}>
      <Facts
        of={[
          [t('lots.cards'), part.cards],
          [t('lots.face'), <Money key="f" fen={part.faceFen} size="s" />],
          [
            t('lots.reserve'),
            part.reserveFen ? <Money key="r" fen={part.reserveFen} size="s" /> : '–',
          ],
          [t('lots.bids'), part.bids],
          [
            t('lots.myBid'),
            bid ? (
              <span key="b">
                <Money fen={bid.priceFen} size="s" /> {t(`lots.bid.${bid.state}`)}
              </span>
            ) : (
              '–'
            ),
          ],
        ]}
      />
      <MakeUp groups={part.makeUp} />
      {offer.state === 'open' && !bid && (
        <>
          <p className="co-note">{t('lots.bidNote')}</p>
          <AmountForm
            label={t('lots.bid')}
            busy={act.busy}
            send={(priceFen) =>
              act.run({ params, body: { part: part.no, priceFen: priceFen ?? '0' } })
            }
          />
        </>
      )}
      {dealId && (
        <Link to="/shops/$id/lot-deals/$dealId" params={{ id, dealId }}>
          {t('lots.deal')}
        </Link>
      )}
    </Panel>
  );
}
