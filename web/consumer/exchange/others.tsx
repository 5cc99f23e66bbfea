/** Cards on the chain that others hold: on offer or not, each may be bid for. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api.ts';
import { usePick, yuanText } from '../../kit/index.ts';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { useOfferWords } from './offer-texts.ts';

const LATER_MS = 8_000;

export function useCardsOfOthers() {
  const { me } = useSession();
  return useQuery({
    queryKey: ['exchange-others'],
    queryFn: async () => (await call('GET /v1/exchange/cards')).items,
    enabled: me !== undefined,
    refetchInterval: LATER_MS,
  });
}

export function CardsOfOthers(): React.ReactNode {
  const t = useOfferWords();
  const pick = usePick();
  const found = useCardsOfOthers();
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `cards/${one.id}`, title: pick(one.product), fen: one.faceFen },
    say: one.listing
      ? t('othersOffer', { sum: yuanText(one.listing.priceFen) })
      : t('othersNoOffer'),
  }));
  return <Rows root="/exchange/$" rows={rows} id="others" heading={t('others')} />;
}
