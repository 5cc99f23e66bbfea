/** The frame for staff: navigation by role, and no page that a role may not see. */
import { useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Empty } from '../kit/states.tsx';
import { useAsk } from './ask.ts';
import { Frame } from './frame.tsx';
import { Link } from './link.tsx';
import { Icon } from './parts/icons.tsx';
import { Screen } from './parts/screen.tsx';
import { RoleMark } from './parts/tags.tsx';
import { groups, placeOf } from './places.ts';
import { useSay } from './say.ts';
import { useMe } from './session.ts';

export function Shell(): ReactNode {
  const t = useSay();
  const me = useMe();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const place = placeOf(path);
  const may = !place || me?.roles.some((role) => place.roles.includes(role));
  const refused = (
    <Screen title={t('shell.notAllowed')}>
      <Empty icon="lock" title={t('shell.notAllowedNext')} />
    </Screen>
  );
  return (
    <Frame
      product="shell.product"
      marks={<Roles />}
      navigation={<Navigation path={path} />}
      refused={may ? undefined : refused}
    />
  );
}

function Roles(): ReactNode {
  const t = useSay();
  const me = useMe();
  return (
    <ul className="co-roles" aria-label={t('shell.roles')}>
      {me?.roles.map((role) => (
        <li key={role}>
          <RoleMark role={role} />
        </li>
      ))}
    </ul>
  );
}

const QUEUES_EVERY_MS = 30_000;

function Navigation({ path }: { path: string }): ReactNode {
  const t = useSay();
  const me = useMe();
  const { data } = useAsk('GET /v1/console/overview', {}, { everyMs: QUEUES_EVERY_MS });
  const hasChain = useAsk('GET /v1/exchange', {}, { staleMs: Infinity }).data?.chain !== undefined;
  const queues = data?.queues;
  const waiting: Record<string, number | undefined> = {
    '/reviews': queues?.reviews,
    '/payout-runs': queues?.approvals,
    '/jobs': queues?.failedJobs,
    '/cases': queues?.cases,
  };
  const here = placeOf(path)?.path;
  return (
    <nav id="navigation" className="co-nav" aria-label={t('shell.navigation')}>
      {groups.map(({ label, places }) => {
        const mine = places.filter(
          ({ roles, onChain = false }) =>
            me?.roles.some((role) => roles.includes(role)) && (hasChain || !onChain),
        );
        if (mine.length === 0) return null;
        return (
          <div key={label ?? 'top'}>
            {label && <p className="co-nav-group">{t(label)}</p>}
            <ul>
              {mine.map((place) => {
                const count = waiting[place.path] ?? 0;
                return (
                  <li key={place.path}>
                    <Link to={place.path} aria-current={here === place.path ? 'page' : undefined}>
                      <Icon name={place.icon} />
                      <span>{t(place.label)}</span>
                      {count > 0 && (
                        <span className="co-count">
                          <span className="hq-unseen">{t('shell.waiting')} </span>
                          {count}
                        </span>
                      )}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
