/** Handing over the card: typed, pasted, scanned or photographed; the secret leaves this form only to be sealed. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderView, Product } from '../api.gen.ts';
import { call } from '../api.ts';
import { Choices, Field, Icon, Refusal, Skeleton, toast } from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { Camera } from './camera.tsx';
import { DemoCard } from './demo.tsx';
import { readPasted } from './paste.ts';
import { Photo } from './photo.tsx';
import { useTexts } from './texts.ts';

type Way = 'type' | 'scan' | 'photo';
const SQUARE: readonly string[] = ['QRCode', 'DataMatrix'];

export function HandOver({ order }: { order: OrderView }): React.ReactNode {
  const { sku } = order.product;
  const product = useQuery({
    queryKey: ['product', sku],
    queryFn: () => call('GET /v1/products/:sku', { params: { sku } }),
  });
  if (product.error) return <Refusal of={product.error} onRetry={() => void product.refetch()} />;
  if (!product.data) return <Skeleton lines={5} />;
  return <Form order={order} product={product.data} />;
}

function Form({ order, product }: { order: OrderView; product: Product }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [way, setWay] = useState<Way>('type');
  const [number, setNumber] = useState('');
  const [pin, setPin] = useState('');
  const [shown, setShown] = useState(false);
  const { numberRule, pinRule } = product;
  const formatName = t(SQUARE.includes(product.barcodeFormat) ? 'formatSquare' : 'formatLine');
  const submit = useAct('POST /v1/orders/:id/card', (next) => {
    setNumber('');
    setPin('');
    queries.setQueryData(['order', order.id], next);
  });
  const fill = (text: string): boolean => {
    const found = readPasted(text, {
      numberLength: numberRule.length,
      pinLength: pinRule?.length,
    });
    if (found.number) setNumber(found.number);
    if (found.pin) setPin(found.pin);
    return Boolean(found.number ?? found.pin);
  };
  const read = (text: string): void => {
    if (!fill(text)) setNumber(text);
    setWay('type');
    toast(t('handRead'));
  };
  const keyboard = (alphabet: 'digits' | 'safe' | 'alnum') =>
    alphabet === 'digits' ? ('numeric' as const) : ('text' as const);

  return (
    <form
      className="form"
      noValidate
      autoComplete="off"
      data-testid="hand-over"
      onPaste={(event) => {
        const text = event.clipboardData.getData('text');
        // One plain value goes where the cursor is; a text with both is taken apart.
        if (!/[::\n]|\s{2,}|[^\x20-\x7e]/.test(text) || !fill(text)) return;
        event.preventDefault();
        toast(t('handPasted'));
      }}
      onSubmit={(event) => {
        event.preventDefault();
        const body = { number, ...(pinRule && pin !== '' && { pin }) };
        submit.mutate({ params: { id: order.id }, body });
      }}
    >
      <Choices
        label={t('handWays')}
        hideLabel
        value={way}
        onChange={setWay}
        options={[
          { value: 'type', label: <Labelled icon="type" text={t('handType')} /> },
          { value: 'scan', label: <Labelled icon="camera" text={t('handScan')} /> },
          { value: 'photo', label: <Labelled icon="photo" text={t('handPhoto')} /> },
        ]}
      />
      {way === 'scan' && (
        <Camera format={product.barcodeFormat} formatName={formatName} onRead={read} />
      )}
      {way === 'photo' && <Photo product={product} formatName={formatName} onRead={read} />}
      <PasteButton onText={fill} />
      <DemoCard sku={product.sku} />
      <Field
        label={t('handNumber')}
        value={number}
        onChange={setNumber}
        hint={t('handNumberHint', { n: numberRule.length })}
        inputMode={keyboard(numberRule.alphabet)}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        data-testid="card-number"
        required
      />
      {pinRule && (
        <Field
          label={t('handPin')}
          value={pin}
          onChange={setPin}
          type={shown ? 'text' : 'password'}
          hint={t('handPinHint', { n: pinRule.length })}
          inputMode={keyboard(pinRule.alphabet)}
          autoComplete="off"
          spellCheck={false}
          data-testid="card-pin"
          end={
            <button
              type="button"
              className="hq-link"
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            >
              {t(shown ? 'handHide' : 'handShow')}
            </button>
          }
          required
        />
      )}
      {submit.error && (
        <Refusal
          of={submit.error}
          fieldNames={{ '/number': t('handNumber'), '/pin': t('handPin') }}
        />
      )}
      <Do
        submit
        busy={submit.isPending}
        disabled={number.trim() === '' || (pinRule !== undefined && pin.trim() === '')}
        testId="card-submit"
      >
        {t('handSubmit')}
      </Do>
      <p className="fine sealed">
        <Icon name="lock" size={16} /> {t('handSealed')}
      </p>
    </form>
  );
}

function Labelled({
  icon,
  text,
}: {
  icon: 'type' | 'camera' | 'photo';
  text: string;
}): React.ReactNode {
  return (
    <>
      <Icon name={icon} size={20} />
      &nbsp;{text}
    </>
  );
}

function PasteButton({ onText }: { onText: (text: string) => boolean }): React.ReactNode {
  const t = useTexts();
  if (!navigator.clipboard?.readText) return null;
  const paste = async (): Promise<void> => {
    try {
      const text = await navigator.clipboard.readText();
      toast(onText(text) ? t('handPasted') : t('handPasteNone'));
    } catch {
      toast(t('handPasteDenied'));
    }
  };
  return (
    <button
      type="button"
      className="hq-link paste"
      data-testid="paste"
      onClick={() => void paste()}
    >
      <Icon name="paste" size={20} /> {t('handPaste')}
    </button>
  );
}
