/** The till: the form, and beside it every card that this device took, with what is to be done about it. */
import { Empty, Icon, Moment, Money, usePick } from '../kit/index.ts';
import { useTaken, useVisits, type Visit } from './facts.ts';
import { useHere, useTitle } from './here.tsx';
import { dropTaken, type Taken } from './keep.ts';
import { Link } from './link.tsx';
import { useNet } from './net.ts';
import { TakeForm } from './take.tsx';
import { type CounterKey, useCounterTexts } from './texts.ts';

const SHOWN = 30;

export function TillPage(): React.ReactNode {
  const t = useCounterTexts();
  useTitle(t('toTill'));
  return (
    <div className="page counter-grid">
      <TakeForm />
      <CardList />
    </div>
  );
}

type Tone = 'wait' | 'good' | 'bad';
interface Standing {
  text: CounterKey;
  tone: Tone;
}

/** What the house says counts; a card that it does not know of yet is as the device says. */
export function standingOf(taken: Taken | undefined, visit: Visit | undefined): Standing {
  if (visit) {
    if (visit.order?.giveBack) return { text: 'stGiveBack', tone: 'bad' };
    const secured = new Set(['verified', 'settled', 'closed']);
    if (visit.order && secured.has(visit.order.state)) return { text: 'stPaid', tone: 'good' };
    const said = {
      waiting: { text: 'stWaiting', tone: 'wait' },
      agreed: { text: 'stAgreed', tone: 'good' },
      declined: { text: 'stDeclined', tone: 'bad' },
      withdrawn: { text: 'stWithdrawn', tone: 'bad' },
      lapsed: { text: 'stLapsed', tone: 'bad' },
    } as const satisfies Record<Visit['state'], Standing>;
    return said[visit.state];
  }
  if (taken?.state === 'refused') return { text: 'stRefused', tone: 'bad' };
  return { text: taken?.state === 'sent' ? 'stSent' : 'stQueued', tone: 'wait' };
}

interface Row {
  id: string;
  sku: string;
  faceFen: string;
  takenAt: string;
  taken: Taken | undefined;
  visit: Visit | undefined;
}

function CardList(): React.ReactNode {
  const t = useCounterTexts();
  const till = useHere();
  const online = useNet();
  const taken = useTaken().data ?? [];
  const visits = useVisits(till).data ?? [];
  const ids = [...new Set([...taken.map(({ id }) => id), ...visits.map(({ id }) => id)])];
  const rows: Row[] = ids
    .map((id) => {
      const one = taken.find((row) => row.id === id);
      const visit = visits.find((row) => row.id === id);
      const sku = visit?.product.sku ?? one?.sku ?? '';
      const faceFen = visit?.faceFen ?? one?.faceFen ?? '0';
      return { id, sku, faceFen, takenAt: visit?.takenAt ?? one?.takenAt ?? '', taken: one, visit };
    })
    .sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
    .slice(0, SHOWN);
  return (
    <section className="panel" aria-labelledby="taken">
      <h2 id="taken">{t('todayTitle')}</h2>
      {rows.length === 0 && <Empty icon="orders" title={t('todayNone')} say={t('todayNoneSay')} />}
      <ul className="counter-cards" data-testid="cards">
        {rows.map((row) => (
          <CardRow key={row.id} {...row} />
        ))}
      </ul>
      {online && (
        <p className="fine no-print">
          {t('auctionsSay')}{' '}
          <a
            className="hq-link"
            href={`/console/shops/${till.shopId}/auctions`}
            data-testid="to-auctions"
          >
            {t('toAuctions')} <Icon name="next" size={16} />
          </a>
        </p>
      )}
    </section>
  );
}

function CardRow({ id, sku, faceFen, takenAt, taken, visit }: Row): React.ReactNode {
  const t = useCounterTexts();
  const pick = usePick();
  const till = useHere();
  const { text, tone } = standingOf(taken, visit);
  const name = visit?.product.name ?? till.products.find((one) => one.sku === sku)?.name;
  return (
    <li data-testid="card" data-state={text}>
      <div>
        <strong>{name ? pick(name) : sku}</strong> <Money fen={faceFen} size="s" />
        <p className="fine">
          <Moment at={takenAt} form="minute" />
          {(visit?.offline ?? taken?.offline) && ` · ${t('takenOffline')}`}
        </p>
        {taken?.trouble && (
          <p className="fine">
            {taken.trouble.title} · {taken.trouble.remedy}
          </p>
        )}
      </div>
      <span className="counter-tag" data-tone={tone}>
        {t(text)}
      </span>
      {taken?.state === 'refused' ? (
        <button type="button" className="hq-link" onClick={() => void dropTaken(taken.seq)}>
          {t('remove')}
        </button>
      ) : (
        <Link to="/visits/$visitId" params={{ visitId: id }} className="hq-link">
          {t('open')} <Icon name="next" size={16} />
        </Link>
      )}
    </li>
  );
}
