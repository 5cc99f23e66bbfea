/** Starts the console: who may enter, then the screens. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem, isTransient } from '../api.ts';
import { ensureChineseFont } from '../kit/fonts.ts';
import '../kit/kit.css';
import '../kit/tokens.css';
import { Refusal, Skeleton } from '../kit/states.tsx';
import { useAsk } from './ask.ts';
import './console.css';
import { Look } from './look.tsx';
import { router } from './router.tsx';
import { SecondFactor, SignIn } from './screens/sign-in.tsx';
import { shopRouter } from './shop/router.tsx';
import { StepUp } from './step-up.tsx';

const RETRIES_MAX = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < RETRIES_MAX && isTransient(error),
      refetchOnWindowFocus: true,
      placeholderData: (before: unknown) => before,
    },
  },
});

/** Staff come to the console, everybody else to their shops; the server asks again who may do what. */
function Gate(): ReactNode {
  const me = useAsk('GET /v1/me', {});
  const unknown = me.error instanceof ApiProblem && me.error.code === 'not_signed_in';
  if (unknown || (me.isSuccess && !me.data)) return <SignIn />;
  if (me.error && !me.data) return <Refusal of={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) return <Skeleton lines={6} />;
  if (me.data.secondFactorNeeded)
    return <SecondFactor me={me.data} refresh={() => void me.refetch()} />;
  // Whoever is not staff is, or wants to be, a recycler, and sees nothing but their own shops.
  if (me.data.roles.length === 0) return <RouterProvider router={shopRouter} />;
  return <RouterProvider router={router} />;
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Look>
          <Suspense fallback={<Skeleton lines={6} />}>
            <Gate />
          </Suspense>
          <StepUp />
        </Look>
      </QueryClientProvider>
    </StrictMode>,
  );
void ensureChineseFont();
