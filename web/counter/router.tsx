/** The addresses of the counter. All pages come in one piece, so that none is missing when the network is. */
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { DayPage } from './day.tsx';
import { Lost } from './here.tsx';
import { Broken, Shell } from './shell.tsx';
import { SlipPage } from './slip.tsx';
import { TillPage } from './till.tsx';
import { VisitPage } from './visit.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: Lost, errorComponent: Broken });
const parent = { getParentRoute: () => root };

const routes = [
  createRoute({ ...parent, path: '/', component: TillPage }),
  createRoute({ ...parent, path: '/visits/$visitId', component: VisitPage }),
  createRoute({ ...parent, path: '/slips/$visitId', component: SlipPage }),
  createRoute({ ...parent, path: '/day', component: DayPage }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/counter',
  scrollRestoration: true,
  defaultErrorComponent: Broken,
});
