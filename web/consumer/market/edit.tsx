/** What a seller changes about a listing that nobody is buying: price, restrictions, words, floor and charity. */
import { useState } from 'react';
import type { Product } from '../../api.gen.ts';
import type { Input } from '../../api.ts';
import { Field, fenFromYuan, Refusal, Skeleton, toast, yuanInput } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { useTexts } from '../texts.ts';
import { type CharityShare, Donate, Rules } from './terms.tsx';
import type { OwnListing, Restriction } from './types.ts';

interface EditProps {
  listing: OwnListing;
  onDone: () => void;
}

export function EditListing({ listing, onDone }: EditProps): React.ReactNode {
  const products = useProducts();
  if (products.error)
    return <Refusal of={products.error} onRetry={() => void products.refetch()} />;
  const product = products.data?.find(({ sku }) => sku === listing.product.sku);
  if (!product) return <Skeleton lines={6} />;
  return <Edit listing={listing} product={product} onDone={onDone} />;
}

type Body = NonNullable<Input<'POST /v1/market/listings/:id/edit'>['body']>;

/** The form's fields as they are typed; rules are undefined until the seller stands by them. */
interface Typed {
  readonly price: string;
  readonly rules: readonly Restriction[] | undefined;
  readonly title: string;
  readonly note: string;
  readonly floor: string;
  readonly charity: CharityShare | undefined;
}

const typedOf = (listing: OwnListing): Typed => ({
  price: yuanInput(listing.priceFen),
  rules: listing.restrictions,
  title: listing.title,
  note: listing.note,
  floor: listing.markdownFloorFen ? yuanInput(listing.markdownFloorFen) : '',
  charity: listing.charity,
});

/** Only what differs: a price that has fallen by itself is not written back as the price that was asked. */
function changesOf(listing: OwnListing, now: Typed): Body {
  const was = typedOf(listing);
  const differs = (name: keyof Typed): boolean =>
    JSON.stringify(now[name]) !== JSON.stringify(was[name]);
  const priceFen = fenFromYuan(now.price);
  return {
    ...(priceFen && priceFen !== listing.priceFen && { priceFen }),
    ...(now.rules && differs('rules') && { restrictions: [...now.rules] }),
    ...(now.title.trim() !== was.title && { title: now.title.trim() }),
    ...(now.note.trim() !== was.note && { note: now.note.trim() }),
    ...(differs('floor') && { markdownFloorFen: fenFromYuan(now.floor) ?? null }),
    ...(differs('charity') && { charity: now.charity ?? null }),
  };
}

function Edit({ listing, product, onDone }: EditProps & { product: Product }): React.ReactNode {
  const t = useTexts();
  const [typed, setTyped] = useState(typedOf(listing));
  const put = (change: Partial<Typed>): void => setTyped((last) => ({ ...last, ...change }));
  const edit = useAct('POST /v1/market/listings/:id/edit', () => {
    toast(t('mkSaved'));
    onDone();
  });
  const body = changesOf(listing, typed);
  const isWrong = !fenFromYuan(typed.price) || (typed.floor !== '' && !fenFromYuan(typed.floor));
  const isNothing = Object.keys(body).length === 0;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        edit.mutate({ params: { id: listing.id }, body });
      }}
    >
      <Field
        label={t('mkSellPrice')}
        value={typed.price}
        onChange={(price) => put({ price })}
        inputMode="decimal"
        start="¥"
        data-testid="edit-price"
      />
      <Rules product={product} was={listing.restrictions} onChange={(rules) => put({ rules })} />
      <Field
        label={t('mkSellName')}
        value={typed.title}
        onChange={(title) => put({ title })}
        maxLength={40}
      />
      <Field
        label={t('mkSellNote')}
        value={typed.note}
        onChange={(note) => put({ note })}
        maxLength={500}
      />
      <Field
        label={t('mkSellFloor')}
        value={typed.floor}
        onChange={(floor) => put({ floor })}
        inputMode="decimal"
        start="¥"
        hint={t('mkSellFloorSay')}
        data-testid="edit-floor"
      />
      <fieldset className="form" data-testid="edit-donate">
        <legend>{t('mkSellDonate')}</legend>
        <Donate chosen={typed.charity} onChange={(charity) => put({ charity })} />
      </fieldset>
      {edit.error && <Refusal of={edit.error} />}
      <Do
        submit
        busy={edit.isPending}
        disabled={isNothing || isWrong || !typed.rules}
        testId="edit-save"
      >
        {t('mkSave')}
      </Do>
    </form>
  );
}
