/** What this house has of the exchange. Apart from the exchange's own parts, which would bring the wallet's code along. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api.ts';

export const useExchange = () =>
  useQuery({
    queryKey: ['exchange'],
    queryFn: () => call('GET /v1/exchange'),
    staleTime: Number.POSITIVE_INFINITY,
  });
