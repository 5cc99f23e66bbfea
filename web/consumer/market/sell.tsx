/** Listing a card: what it is, what it may not be used for, how it changes hands, and at which price. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Product } from '../../api.gen.ts';
import { call, type Input } from '../../api.ts';
import {
  Choices,
  chinaDay,
  Field,
  fenFromYuan,
  Icon,
  Refusal,
  Skeleton,
  toast,
  usePick,
  yuanInput,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { SignInFirst } from '../sign-in-first.tsx';
import { useTexts } from '../texts.ts';
import { CardForm } from './order-parts.tsx';
import { Suggest } from './suggest.tsx';
import { type CharityShare, Donate, Rules } from './terms.tsx';
import type { OwnListing, Restriction } from './types.ts';
import { WantedNow } from './wanted.tsx';

type Draft = Input<'POST /v1/market/listings'>['body'];
type Delivery = Draft['delivery'];

export function SellPage(): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  const { sku } = useSearch({ from: '/market/sell' });
  usePageTitle(t('mkSell'));
  return (
    <div className="page narrow">
      <Link to="/market" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkTitle')}
      </Link>
      <h1>{t('mkSell')}</h1>
      <FeeSay />
      {session.stranger ? <SignInFirst /> : <Choosing start={sku} />}
    </div>
  );
}

/** What it costs, before anything is typed. */
function FeeSay(): React.ReactNode {
  const t = useTexts();
  const fees = useQuery({ queryKey: ['market-fees'], queryFn: () => call('GET /v1/market/fees') });
  if (!fees.data) return null;
  return <p>{t('mkSellSay', { fee: `${fees.data.commissionBps / BPS_A_PERCENT} %` })}</p>;
}
const BPS_A_PERCENT = 100;

function Choosing({ start }: { start: string | undefined }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const [sku, setSku] = useState(start ?? '');
  const [made, setMade] = useState<OwnListing>();
  const navigate = useNavigate();
  const products = useProducts();
  if (products.error)
    return <Refusal of={products.error} onRetry={() => void products.refetch()} />;
  if (!products.data) return <Skeleton lines={6} />;
  const sellable = products.data.filter(({ transferability }) => transferability !== 'none');
  const product = sellable.find((one) => one.sku === sku);
  if (made && product)
    return (
      <Publishing
        listing={made}
        product={product}
        onDone={() => void navigate({ to: '/market/mine', search: { tab: 'listings' } })}
      />
    );
  return (
    <>
      <label className="hq-field">
        <span>{t('mkSellCard')}</span>
        <select
          className="mk-select"
          value={sku}
          data-testid="sell-sku"
          onChange={(event) => setSku(event.target.value)}
        >
          <option value="">{t('calcPickTitle')}</option>
          {sellable.map((one) => (
            <option key={one.sku} value={one.sku}>
              {pick(one.issuerName)} · {pick(one.name)}
            </option>
          ))}
        </select>
      </label>
      {product && <Form key={product.sku} product={product} onMade={setMade} />}
    </>
  );
}

function Form(props: { product: Product; onMade: (made: OwnListing) => void }): React.ReactNode {
  const { product, onMade } = props;
  const t = useTexts();
  const pick = usePick();
  const [face, setFace] = useState(yuanInput(product.denominationsFen[0] ?? '10000'));
  const [balance, setBalance] = useState('');
  const [price, setPrice] = useState('');
  const [expiresOn, setExpiresOn] = useState('');
  const [delivery, setDelivery] = useState<Delivery>('vault');
  const [title, setTitle] = useState(pick(product.name));
  const [note, setNote] = useState('');
  const [rules, setRules] = useState<readonly Restriction[]>();
  const [floor, setFloor] = useState('');
  const [charity, setCharity] = useState<CharityShare>();
  const make = useAct('POST /v1/market/listings', onMade);
  const faceFen = fenFromYuan(face);
  const declaredFen = fenFromYuan(balance);
  const priceFen = fenFromYuan(price);
  const floorFen = fenFromYuan(floor);
  const send = (): void => {
    if (!faceFen || !priceFen || !rules) return;
    make.mutate({
      body: {
        ...{ sku: product.sku, faceFen, priceFen, delivery, title: title.trim() },
        restrictions: [...rules],
        ...(declaredFen && { declaredFen }),
        ...(expiresOn && { expiresOn }),
        ...(note.trim() && { note: note.trim() }),
        ...(floorFen && { markdownFloorFen: floorFen }),
        ...(charity && { charity }),
      },
    });
  };
  return (
    <form
      className="form"
      noValidate
      data-testid="sell-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="form-row">
        <Field
          label={t('mkSellFace')}
          value={face}
          onChange={setFace}
          inputMode="decimal"
          start="¥"
          data-testid="sell-face"
        />
        <Field
          label={t('mkSellBalance')}
          value={balance}
          onChange={setBalance}
          inputMode="decimal"
          start="¥"
          data-testid="sell-balance"
        />
      </div>
      {product.validity.kind !== 'none' && (
        <Field
          label={t('calcExpiry')}
          value={expiresOn}
          onChange={setExpiresOn}
          type="date"
          min={chinaDay()}
          hint={t('calcExpiryHint')}
        />
      )}
      <Choices
        label={t('mkSellHow')}
        value={delivery}
        onChange={setDelivery}
        options={(product.form === 'plastic' ? DELIVERIES : DELIVERIES.slice(0, 2)).map(
          (value) => ({ value, label: t(`mkSellHow_${value}`) }),
        )}
      />
      <Rules product={product} onChange={setRules} />
      <Field
        label={t('mkSellName')}
        value={title}
        onChange={setTitle}
        maxLength={40}
        data-testid="sell-title"
      />
      <Field
        label={t('mkSellNote')}
        value={note}
        onChange={setNote}
        maxLength={500}
        hint={t('mkMessageHint')}
      />
      <Field
        label={t('mkSellPrice')}
        value={price}
        onChange={setPrice}
        inputMode="decimal"
        start="¥"
        data-testid="sell-price"
      />
      {faceFen && (
        <Suggest sku={product.sku} faceFen={faceFen} valueFen={declaredFen} priceFen={priceFen} />
      )}
      {faceFen && <WantedNow sku={product.sku} valueFen={declaredFen ?? faceFen} />}
      <details className="calc-why">
        <summary>{t('mkSellMarkdown')}</summary>
        <Field
          label={t('mkSellFloor')}
          value={floor}
          onChange={setFloor}
          inputMode="decimal"
          start="¥"
          hint={t('mkSellFloorSay')}
          data-testid="sell-floor"
        />
      </details>
      <details className="calc-why" data-testid="donate">
        <summary>{t('mkSellDonate')}</summary>
        <Donate chosen={charity} onChange={setCharity} />
      </details>
      {make.error && <Refusal of={make.error} />}
      <Do
        submit
        busy={make.isPending}
        disabled={!faceFen || !priceFen || !rules}
        testId="sell-save"
      >
        {t('mkSellSave')}
      </Do>
    </form>
  );
}
const DELIVERIES = ['vault', 'seller', 'mail'] as const;

/** The draft is made: a vaulted card is handed over now, any other goes on sale as it is. */
export function Publishing(props: {
  listing: OwnListing;
  product: Pick<Product, 'sku' | 'numberRule' | 'pinRule'>;
  onDone: () => void;
}): React.ReactNode {
  const { listing, product } = props;
  const t = useTexts();
  const done = (): void => {
    toast(t('mkSaved'));
    props.onDone();
  };
  const submit = useAct('POST /v1/market/listings/:id/card', done);
  const publish = useAct('POST /v1/market/listings/:id/publish', done);
  const params = { id: listing.id };
  return (
    <section className="panel stack" data-testid="publish">
      <h2>{listing.title}</h2>
      {listing.delivery === 'vault' ? (
        <CardForm
          product={product}
          busy={submit.isPending}
          error={submit.error}
          act={t('mkSellSecret')}
          onSend={(body) => submit.mutate({ params, body })}
        />
      ) : (
        <>
          <p>{t(`mkDelivery_${listing.delivery}`)}</p>
          {publish.error && <Refusal of={publish.error} />}
          <Do
            busy={publish.isPending}
            testId="publish-now"
            onClick={() => publish.mutate({ params, body: {} })}
          >
            {t('mkSellPublish')}
          </Do>
        </>
      )}
    </section>
  );
}
