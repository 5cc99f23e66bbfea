/** Calling an order off: a quiet link that asks before it does. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Confirm, Refusal, toast } from '../kit/index.ts';
import { useAct } from './act.tsx';
import { useTexts } from './texts.ts';

type Route = 'POST /v1/orders/:id/cancel' | 'POST /v1/market/orders/:id/cancel';

interface CancelProps {
  route: Route;
  id: string;
  /** Where the order is kept once the answer is there. */
  kept: readonly unknown[];
  /** What the link and the button say, what is asked, and what then happens. */
  act: string;
  title: string;
  say: string;
}

export function Cancel({ route, id, kept, act, title, say }: CancelProps): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const cancel = useAct<Route>(route, (next) => {
    queries.setQueryData(kept, next);
    setOpen(false);
    toast(t('cancelled'));
  });
  return (
    <>
      <button
        type="button"
        className="hq-link cancel"
        data-testid="cancel"
        onClick={() => setOpen(true)}
      >
        {act}
      </button>
      <Confirm
        open={open}
        onClose={() => setOpen(false)}
        onConfirm={() => cancel.mutate({ params: { id }, body: {} })}
        busy={cancel.isPending}
        danger
        title={title}
        say={say}
        act={act}
      >
        {cancel.error && <Refusal of={cancel.error} />}
      </Confirm>
    </>
  );
}
