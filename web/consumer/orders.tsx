/** All orders of one person: those that move first, then those that are over. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { OrderView } from '../api.gen.ts';
import { call } from '../api.ts';
import { CardFace, Empty, Moment, Money, Refusal, Skeleton, usePick } from '../kit/index.ts';
import { Do } from './act.tsx';
import { sceneOf } from './scenes.ts';
import { useSession } from './session.ts';
import { usePageTitle } from './shell.tsx';
import { SignInFirst } from './sign-in-first.tsx';
import { useTexts } from './texts.ts';

const PAGE = 20;

export function Orders(): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  usePageTitle(t('ordersTitle'));
  return (
    <div className="page narrow">
      <h1>{t('ordersTitle')}</h1>
      <p>
        <Link to="/auctions" className="hq-link">
          {t('auMineTitle')}
        </Link>
      </p>
      {session.error ? (
        <Refusal of={session.error} onRetry={session.retry} />
      ) : session.loading ? (
        <Skeleton lines={6} />
      ) : session.stranger ? (
        <SignInFirst />
      ) : (
        <Mine />
      )}
    </div>
  );
}

function Mine(): React.ReactNode {
  const t = useTexts();
  const orders = useInfiniteQuery({
    queryKey: ['orders'],
    queryFn: ({ pageParam }) =>
      call('GET /v1/orders', { query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: 15_000,
  });
  if (orders.error) return <Refusal of={orders.error} onRetry={() => void orders.refetch()} />;
  if (!orders.data) return <Skeleton lines={6} />;
  const all = orders.data.pages.flatMap(({ items }) => items);
  if (all.length === 0)
    return (
      <Empty icon="orders" title={t('ordersNone')} say={t('ordersNoneSay')}>
        <Link to="/" className="hq-button">
          {t('navHome')}
        </Link>
      </Empty>
    );
  const isOver = (order: OrderView): boolean => sceneOf(order, 'seller').over;
  return (
    <>
      <Group title={t('ordersOpen')} orders={all.filter((order) => !isOver(order))} />
      <Group title={t('ordersDone')} orders={all.filter(isOver)} />
      {orders.hasNextPage && (
        <Do
          tone="quiet"
          busy={orders.isFetchingNextPage}
          onClick={() => void orders.fetchNextPage()}
        >
          {t('ordersMore')}
        </Do>
      )}
    </>
  );
}

function Group({ title, orders }: { title: string; orders: OrderView[] }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  if (orders.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="group-title">{title}</h2>
      <ul className="prices panel" data-testid="orders">
        {orders.map((order) => {
          const { tag, tone } = sceneOf(order, 'seller');
          return (
            <li key={order.id}>
              <Link to="/orders/$orderId" params={{ orderId: order.id }}>
                <CardFace product={order.product} size="s" />
                <span className="price-name">
                  <strong>{pick(order.product.name)}</strong>
                  <span>
                    <Moment at={order.createdAt} form="minute" />
                  </span>
                </span>
                <span className="price-net">
                  <Money fen={order.netFen} size="l" />
                  <span className="tag" data-tone={tone}>
                    {t(tag)}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
