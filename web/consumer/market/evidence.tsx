/** What the system itself knows of a claim, as a picture: who held the card when, and what the issuer said. */
import { Icon, Moment, Money, useMoment } from '../../kit/index.ts';
import { type PlainKey, useTexts } from '../texts.ts';
import type { Claim } from './types.ts';

type Facts = Claim['evidence'];

const holders: Record<Facts['custody'][number]['holder'], PlainKey> = {
  seller: 'mkSeller',
  vault: 'mkHolderVault',
  buyer: 'mkHolderBuyer',
  carrier: 'mkHolderCarrier',
  issuer: 'mkHolderIssuer',
};
const whens: Record<Facts['probes'][number]['when'], PlainKey> = {
  listing: 'mkWhenListing',
  reveal: 'mkWhenReveal',
  claim: 'mkWhenClaim',
};
const shows: Record<Facts['probes'][number]['shows'], PlainKey> = {
  holds: 'mkShowsHolds',
  used: 'mkShowsUsed',
  frozen: 'mkShowsFrozen',
  expired: 'mkShowsExpired',
  bad: 'mkShowsBad',
  unusable: 'mkShowsUnusable',
  nothing: 'mkShowsNothing',
};
const events: Record<Facts['events'][number]['kind'], PlainKey> = {
  used: 'mkEventUsed',
  frozen: 'mkEventFrozen',
  expired: 'mkEventExpired',
  transferred: 'mkEventTransferred',
};

export function Evidence({ evidence }: { evidence: Facts }): React.ReactNode {
  const t = useTexts();
  const { custody, probes, events: happened, digest, promisedBalanceFen } = evidence;
  return (
    <section className="panel stack mk-evidence" aria-labelledby="evidence" data-testid="evidence">
      <h2 id="evidence">{t('mkEvidence')}</h2>
      <p className="fine">{t('mkEvidenceSay')}</p>
      <Bar custody={custody} />
      <dl className="facts">
        <div>
          <dt>{t('mkPromised')}</dt>
          <dd>
            <Money fen={promisedBalanceFen} />
          </dd>
        </div>
        {probes.map((probe) => (
          <div key={probe.probeId} data-shows={probe.shows}>
            <dt>
              {t(whens[probe.when])} · <Moment at={probe.at} form="minute" />
              {probe.genuine && <Icon name="shield" size={16} />}
            </dt>
            <dd>
              {t(shows[probe.shows])}{' '}
              {probe.balanceFen && <Money fen={probe.balanceFen} size="s" />}
            </dd>
          </div>
        ))}
        {happened.map((event) => (
          <div key={`${event.kind}${event.at}`}>
            <dt>
              {t(events[event.kind])} · <Moment at={event.at} form="minute" />
            </dt>
            <dd>{event.amountFen && <Money fen={event.amountFen} size="s" />}</dd>
          </div>
        ))}
      </dl>
      <p className="fine mk-digest" title={digest}>
        {t('mkDigest')} <code>{digest.slice(0, 16)}…</code>
      </p>
    </section>
  );
}

/** One strip a holder, each with its time; read aloud as a list. */
function Bar({ custody }: { custody: Facts['custody'] }): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  return (
    <ol className="mk-custody" aria-label={t('mkCustody')}>
      {custody.map((part) => (
        <li key={`${part.holder}${part.from}`} data-holder={part.holder}>
          <strong>{t(holders[part.holder])}</strong>
          <span className="fine">{moment(part.from, 'minute')}</span>
        </li>
      ))}
    </ol>
  );
}
