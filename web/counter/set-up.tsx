/** Makes this device a till: somebody of the shop signs in, chooses the shop and gives the device a name. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { Do } from '../consumer/act.tsx';
import { useSession } from '../consumer/session.ts';
import { SignInForm } from '../consumer/sign-in.tsx';
import { Choices, Empty, Field, Refusal, Skeleton } from '../kit/index.ts';
import { provide } from './facts.ts';
import { useTitle } from './here.tsx';
import { useCounterTexts } from './texts.ts';

const NAME_MAX = 40;
const MAY_BUY = new Set(['probation', 'active']);

export function SetUp(): React.ReactNode {
  const t = useCounterTexts();
  const queries = useQueryClient();
  const session = useSession();
  useTitle(t('setUpTitle'));
  return (
    <div className="page narrow">
      <section className="panel stack" data-testid="set-up">
        <header>
          <h1>{t('setUpTitle')}</h1>
          <p className="fine">{t('setUpSay')}</p>
        </header>
        {session.error !== null && <Refusal of={session.error} onRetry={session.retry} />}
        {session.loading && <Skeleton lines={3} />}
        {session.stranger && <SignInForm onDone={(me) => queries.setQueryData(['me'], me)} />}
        {session.me && <Shops />}
      </section>
    </div>
  );
}

function Shops(): React.ReactNode {
  const t = useCounterTexts();
  const shops = useQuery({ queryKey: ['shops'], queryFn: () => call('GET /v1/recyclers') });
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState('');
  const start = useMutation({ mutationFn: provide });
  if (shops.error) return <Refusal of={shops.error} onRetry={() => void shops.refetch()} />;
  if (!shops.data) return <Skeleton lines={3} />;
  const open = shops.data.items.filter(
    ({ state, role }) => MAY_BUY.has(state) && role !== 'viewer',
  );
  const shop = open.find(({ id }) => id === chosen) ?? open[0];
  if (!shop)
    return (
      <Empty icon="shop" title={t('setUpNone')} say={t('setUpNoneSay')}>
        <a className="hq-button" href="/console">
          {t('toConsole')}
        </a>
      </Empty>
    );
  const till = name.trim();
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (till) start.mutate({ shopId: shop.id, shopName: shop.name, till });
      }}
    >
      <Choices
        label={t('setUpShop')}
        value={shop.id}
        onChange={setChosen}
        options={open.map((one) => ({ value: one.id, label: one.name }))}
      />
      <Field
        label={t('setUpTill')}
        hint={t('setUpTillHint')}
        value={name}
        onChange={setName}
        maxLength={NAME_MAX}
        data-testid="till-name"
        required
      />
      {start.error && <Refusal of={start.error} />}
      <Do submit busy={start.isPending} disabled={!till} testId="set-up-go">
        {t('setUpGo')}
      </Do>
    </form>
  );
}
