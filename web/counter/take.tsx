/** The form at the till: product, face, number, PIN and the seller's phone; what is secret is sealed before it is kept. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useId, useState } from 'react';
import type { Product } from '../api.gen.ts';
import { Do } from '../consumer/act.tsx';
import { useQuote } from '../consumer/calculator.tsx';
import { Camera } from '../consumer/camera.tsx';
import { MOBILE, plainPhone } from '../consumer/plain.ts';
import {
  Choices,
  chinaDay,
  Discount,
  Field,
  fenFromYuan,
  Money,
  Refusal,
  Skeleton,
  toast,
  usePick,
  yuanInput,
} from '../kit/index.ts';
import { sealBox } from './box.ts';
import { useSlips } from './facts.ts';
import { useHere } from './here.tsx';
import { keepTaken, nextSlip, type TillFacts } from './keep.ts';
import { useGo } from './link.tsx';
import { tillNow, useNet } from './net.ts';
import { flush } from './queue.ts';
import { useCounterTexts } from './texts.ts';
import { hearScanner } from './wedge.ts';

const OTHER = 'other';

interface Card {
  sku: string;
  choice: string;
  typedFace: string;
  expiresOn: string;
  number: string;
  pin: string;
  phone: string;
}
const EMPTY: Card = {
  ...{ sku: '', choice: '', typedFace: '', expiresOn: '' },
  ...{ number: '', pin: '', phone: '' },
};

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s._·•|/-]/g, '');
const fits = ({ numberRule }: Product, number: string): boolean =>
  number.length === numberRule.length && number.startsWith(numberRule.prefix);

export function TakeForm(): React.ReactNode {
  const t = useCounterTexts();
  const go = useGo();
  const till = useHere();
  const online = useNet();
  const slips = useSlips().data;
  const queries = useQueryClient();
  const [card, setCard] = useState(EMPTY);
  const [touched, setTouched] = useState(false);
  const set = (change: Partial<Card>): void => setCard((now) => ({ ...now, ...change }));
  const product = till.products.find(({ sku }) => sku === card.sku);
  const faceFen = faceOf(card, product);
  const take = useMutation({
    mutationFn: keep,
    onSuccess: async (visitId) => {
      // The next page asks the device first: what lies here only, the house does not know.
      await queries.refetchQueries({ queryKey: ['taken'] });
      setCard(EMPTY);
      setTouched(false);
      void flush();
      void go({ to: '/visits/$visitId', params: { visitId } });
    },
  });
  const scanned = useCallback(
    (text: string) => {
      const number = plain(text);
      setCard((now) => {
        const known = till.products.filter((one) => fits(one, number));
        const stays = known.some(({ sku }) => sku === now.sku);
        const [only] = known;
        if (stays || known.length !== 1 || !only) return { ...now, number };
        return { ...now, number, sku: only.sku, choice: only.denominationsFen[0] ?? OTHER };
      });
      toast(t('cardScanned'));
    },
    [till.products, t],
  );
  useEffect(() => hearScanner(scanned), [scanned]);
  const isWhole =
    product !== undefined &&
    faceFen !== undefined &&
    fits(product, plain(card.number)) &&
    (!product.pinRule || plain(card.pin).length === product.pinRule.length) &&
    MOBILE.test(plainPhone(card.phone)) &&
    !(card.expiresOn !== '' && card.expiresOn < chinaDay());

  return (
    <form
      className="panel form counter-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTouched(true);
        if (isWhole) take.mutate({ till, card, faceFen, isOffline: !online });
      }}
    >
      <h1>{t('cardTitle')}</h1>
      <ProductFields card={card} product={product} products={till.products} set={set} />
      {product && <Numbers {...{ card, product, touched, set, scanned }} />}
      <Price sku={card.sku} faceFen={faceFen} expiresOn={card.expiresOn} online={online} />
      {slips === 0 && <p role="alert">{t('slipsNone')}</p>}
      {take.error && <Refusal of={take.error} />}
      <Do submit busy={take.isPending} disabled={!product || slips === 0} testId="take">
        {t(online ? 'cardTake' : 'cardTakeOffline')}
      </Do>
    </form>
  );
}

interface Fields {
  card: Card;
  product: Product | undefined;
  set: (change: Partial<Card>) => void;
}

function ProductFields({
  card,
  product,
  products,
  set,
}: Fields & { products: readonly Product[] }): React.ReactNode {
  const t = useCounterTexts();
  const pick = usePick();
  const id = useId();
  const { openAmount, denominationsFen = [] } = product ?? {};
  const range = openAmount && {
    ...{ min: yuanInput(openAmount.minFen), max: yuanInput(openAmount.maxFen) },
  };
  const choose = (sku: string): void => {
    const next = products.find((one) => one.sku === sku);
    set({ sku, choice: next?.denominationsFen[0] ?? OTHER, typedFace: '', pin: '' });
  };
  return (
    <>
      <div className="hq-field">
        <label htmlFor={id}>{t('cardProduct')}</label>
        <span className="hq-field-box">
          <select
            id={id}
            value={card.sku}
            onChange={({ target }) => choose(target.value)}
            data-testid="product"
          >
            <option value="">{t('cardChoose')}</option>
            {products.map(({ sku, name }) => (
              <option key={sku} value={sku}>
                {pick(name)}
              </option>
            ))}
          </select>
        </span>
      </div>
      {product && (
        <Choices
          label={t('cardFace')}
          value={card.choice}
          onChange={(choice) => set({ choice })}
          options={[
            ...denominationsFen.map((fen) => ({ value: fen, label: `¥${yuanInput(fen)}` })),
            ...(openAmount ? [{ value: OTHER, label: t('cardOther') }] : []),
          ]}
        />
      )}
      {product && card.choice === OTHER && (
        <Field
          label={t('cardAmount')}
          value={card.typedFace}
          onChange={(typedFace) => set({ typedFace })}
          inputMode="decimal"
          start="¥"
          hint={range && t('cardRange', range)}
          error={
            card.typedFace !== '' && range && faceOf(card, product) === undefined
              ? t('cardRange', range)
              : undefined
          }
        />
      )}
      {product && product.validity.kind !== 'none' && (
        <Field
          label={t('cardExpiry')}
          value={card.expiresOn}
          onChange={(expiresOn) => set({ expiresOn })}
          type="date"
          min={chinaDay()}
          hint={t('cardExpiryHint')}
        />
      )}
    </>
  );
}

function faceOf({ choice, typedFace }: Card, product: Product | undefined): string | undefined {
  if (!product) return undefined;
  if (choice !== OTHER) return product.denominationsFen.includes(choice) ? choice : undefined;
  const own = fenFromYuan(typedFace);
  const { openAmount } = product;
  if (own === undefined || !openAmount) return undefined;
  const amount = BigInt(own);
  return amount >= BigInt(openAmount.minFen) && amount <= BigInt(openAmount.maxFen)
    ? own
    : undefined;
}

function Numbers({
  card,
  product,
  touched,
  set,
  scanned,
}: Fields & {
  product: Product;
  touched: boolean;
  scanned: (text: string) => void;
}): React.ReactNode {
  const t = useCounterTexts();
  const { numberRule, pinRule } = product;
  const isWrong = touched && !fits(product, plain(card.number));
  return (
    <>
      <Field
        label={t('cardNumber')}
        value={card.number}
        onChange={(number) => set({ number })}
        inputMode={numberRule.alphabet === 'digits' ? 'numeric' : 'text'}
        autoComplete="off"
        spellCheck={false}
        hint={t('cardNumberHint')}
        error={isWrong ? t('cardLength', { n: numberRule.length }) : undefined}
        data-testid="number"
        required
      />
      <details className="counter-camera">
        <summary>{t('cardCamera')}</summary>
        <Camera
          format={product.barcodeFormat}
          formatName={product.barcodeFormat}
          onRead={scanned}
        />
      </details>
      {pinRule && (
        <Field
          label={t('cardPin')}
          value={card.pin}
          onChange={(pin) => set({ pin })}
          autoComplete="off"
          spellCheck={false}
          hint={t('cardPinHint', { n: pinRule.length })}
          error={
            touched && plain(card.pin).length !== pinRule.length
              ? t('cardLength', { n: pinRule.length })
              : undefined
          }
          data-testid="pin"
          required
        />
      )}
      <Field
        label={t('cardPhone')}
        value={card.phone}
        onChange={(phone) => set({ phone })}
        type="tel"
        inputMode="tel"
        autoComplete="off"
        start="+86"
        hint={t('cardPhoneHint')}
        error={touched && !MOBILE.test(plainPhone(card.phone)) ? t('cardPhoneWrong') : undefined}
        data-testid="seller-phone"
        required
      />
    </>
  );
}

interface PriceProps {
  sku: string;
  faceFen: string | undefined;
  expiresOn: string;
  online: boolean;
}

/** The same price as everywhere: a counter pays nobody less than the phone does. */
function Price({ sku, faceFen, expiresOn, online }: PriceProps): React.ReactNode {
  const t = useCounterTexts();
  const pick = usePick();
  const past = expiresOn !== '' && expiresOn < chinaDay();
  const asked = online && !past ? faceFen : undefined;
  const quote = useQuote(sku, asked, expiresOn || undefined);
  if (!online) return <p className="fine">{t('priceOffline')}</p>;
  if (asked === undefined) return <p className="fine">{t('priceIdle')}</p>;
  if (quote.error) return <Refusal of={quote.error} onRetry={() => void quote.refetch()} />;
  if (!quote.data) return <Skeleton lines={2} />;
  const { netFen, faceFen: face, buyer } = quote.data;
  return (
    <section className="counter-price" aria-live="polite" data-testid="price">
      <span className="calc-net-label">{t('priceNow')}</span>
      <span className="calc-net-line">
        <Money fen={netFen} size="xl" />
        <Discount fen={netFen} ofFen={face} />
      </span>
      {buyer && <span className="fine">{t('priceBy', { name: pick(buyer.name) })}</span>}
      <span className="fine">{t('priceFinal')}</span>
    </section>
  );
}

interface Keeping {
  till: TillFacts;
  card: Card;
  faceFen: string;
  isOffline: boolean;
}

/** Seals, keeps under the next number, and gives its id. Number, PIN and phone are nowhere on the device afterwards. */
async function keep({ till, card, faceFen, isOffline }: Keeping): Promise<string> {
  const slip = await nextSlip();
  if (!slip) throw new Error('no receipt numbers are left');
  const { sku, expiresOn, pin } = card;
  const inside = {
    number: plain(card.number),
    ...(pin && { pin: plain(pin) }),
    phone: plainPhone(card.phone),
  };
  const box = await sealBox(till.boxKey, JSON.stringify(inside), `counter/${slip.id}`);
  await keepTaken({
    ...slip,
    ...{ shopId: till.shopId, till: till.till, sku, faceFen, box, offline: isOffline },
    ...(expiresOn && { expiresOn }),
    takenAt: tillNow().toISOString(),
    state: 'queued',
  });
  return slip.id;
}
