/** Assignments of a claim: take one up by its code, offer one, and those of mine. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call, type Reply } from '../../api.ts';
import {
  Field,
  fenFromYuan,
  Icon,
  Refusal,
  Skeleton,
  usePick,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { SignInFirst } from '../sign-in-first.tsx';
import { AssignmentPage } from './one.tsx';
import { useAssignWords } from './texts.ts';

export function AssignPage(): React.ReactNode {
  const t = useAssignWords();
  const session = useSession();
  const { _splat: part = '' } = useParams({ strict: false });
  usePageTitle(t('title'));
  if (session.loading) return <Skeleton lines={4} />;
  if (!session.me)
    return (
      <div className="page narrow">
        <h1>{t('title')}</h1>
        <p>{t('say')}</p>
        <SignInFirst />
      </div>
    );
  const isList = part === 'list' || part === '';
  return (
    <div className="page narrow stack" data-testid="assign">
      {!isList && (
        <Link to="/assign/$" params={{ _splat: 'list' }} className="hq-link crumb">
          <Icon name="back" size={18} /> {t('back')}
        </Link>
      )}
      {isList ? <Home /> : part === 'new' ? <Offer /> : <AssignmentPage id={part} />}
    </div>
  );
}

function Home(): React.ReactNode {
  const t = useAssignWords();
  return (
    <>
      <h1>{t('title')}</h1>
      <p>{t('say')}</p>
      <Link
        to="/assign/$"
        params={{ _splat: 'new' }}
        className="hq-button"
        data-testid="assign-new"
      >
        {t('offer')}
      </Link>
      <TakeUp />
      <Mine />
    </>
  );
}

function Mine(): React.ReactNode {
  const t = useAssignWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['assignments'],
    queryFn: async () => (await call('GET /v1/exchange/assignments')).items,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: one.id, title: pick(one.product), fen: one.priceFen },
    say: `${t(one.role)} · ${t(`state_${one.state}` as 'state_paid')}`,
  }));
  return <Rows root="/assign/$" rows={rows} id="assignments" heading={t('mine')} />;
}

/** The assignee types the code, reads the terms, and agrees. */
function TakeUp(): React.ReactNode {
  const t = useAssignWords();
  const pick = usePick();
  const navigate = useNavigate();
  const [code, setCode] = useState('');
  const [terms, setTerms] = useState<Reply<'POST /v1/exchange/assignments/invited'>>();
  const look = useAct('POST /v1/exchange/assignments/invited', setTerms);
  const agree = useAct('POST /v1/exchange/assignments/agree', ({ id }) => {
    void navigate({ to: '/assign/$', params: { _splat: id } });
  });
  const fits = /^[0-9]{12}$/.test(code);
  return (
    <form
      className="panel form"
      aria-labelledby="have-code"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) look.mutate({ body: { code } });
      }}
    >
      <h2 id="have-code">{t('haveCode')}</h2>
      <Field
        label={t('code')}
        value={code}
        onChange={setCode}
        inputMode="numeric"
        autoComplete="off"
        data-testid="code"
        required
      />
      {look.error && <Refusal of={look.error} />}
      {!terms && (
        <Do tone="quiet" submit busy={look.isPending} disabled={!fits} testId="code-look">
          {t('look')}
        </Do>
      )}
      {terms && (
        <>
          <p data-testid="terms">
            {pick(terms.product)} · {t('face')} {yuanText(terms.faceFen)} · {t('price')}{' '}
            {yuanText(terms.priceFen)}
          </p>
          {agree.error && <Refusal of={agree.error} />}
          <Do
            busy={agree.isPending}
            testId="agree"
            onClick={() => agree.mutate({ body: { code, channel: 'bank' } })}
          >
            {t('agree')}
          </Do>
        </>
      )}
    </form>
  );
}

function Offer(): React.ReactNode {
  const t = useAssignWords();
  const pick = usePick();
  const products = useProducts();
  const [sku, setSku] = useState('');
  const [face, setFace] = useState('');
  const [price, setPrice] = useState('');
  const [number, setNumber] = useState('');
  const [pin, setPin] = useState('');
  const [made, setMade] = useState<Reply<'POST /v1/exchange/assignments'>>();
  const offer = useAct('POST /v1/exchange/assignments', setMade);
  if (products.error)
    return <Refusal of={products.error} onRetry={() => void products.refetch()} />;
  if (!products.data) return <Skeleton lines={6} />;
  if (made) return <Code made={made} />;
  const fit = products.data.filter(({ transferability }) => transferability === 'free');
  const product = fit.find((one) => one.sku === sku);
  const [faceFen, priceFen] = [fenFromYuan(face), fenFromYuan(price)];
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!faceFen || !priceFen) return;
        offer.mutate({ body: { sku, faceFen, priceFen, number, ...(pin && { pin }) } });
      }}
    >
      <h1>{t('offer')}</h1>
      <label className="hq-field">
        <span>{t('card')}</span>
        <select
          className="mk-select"
          value={sku}
          data-testid="assign-sku"
          onChange={(event) => {
            const one = fit.find((product) => product.sku === event.target.value);
            setSku(event.target.value);
            setFace(one ? yuanInput(one.denominationsFen[0] ?? '10000') : '');
          }}
        >
          <option value="">{t('pick')}</option>
          {fit.map((one) => (
            <option key={one.sku} value={one.sku}>
              {pick(one.issuerName)} · {pick(one.name)}
            </option>
          ))}
        </select>
      </label>
      <Field label={t('face')} value={face} onChange={setFace} inputMode="decimal" required />
      <Field label={t('price')} value={price} onChange={setPrice} inputMode="decimal" required />
      <Field
        label={t('number')}
        value={number}
        onChange={setNumber}
        autoComplete="off"
        data-testid="card-number"
        required
      />
      {product?.pinRule && (
        <Field
          label={t('pin')}
          value={pin}
          onChange={setPin}
          autoComplete="off"
          data-testid="card-pin"
          required
        />
      )}
      {offer.error && <Refusal of={offer.error} />}
      <Do submit busy={offer.isPending} disabled={!product} testId="assign-offer">
        {t('offerDo')}
      </Do>
    </form>
  );
}

function Code({ made }: { made: Reply<'POST /v1/exchange/assignments'> }): React.ReactNode {
  const t = useAssignWords();
  return (
    <section className="panel form">
      <h1>{t('codeOnce')}</h1>
      <p>
        <strong data-testid="assign-code">{made.code}</strong>
      </p>
      <p>{t('codeSay')}</p>
      <Link
        to="/assign/$"
        params={{ _splat: made.assignment.id }}
        className="hq-button"
        data-testid="assign-see"
      >
        {t('toIt')}
      </Link>
    </section>
  );
}
