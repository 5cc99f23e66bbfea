/** A sealed bid: handed in as a hash, its key kept here and as a file, and opened in the ten minutes after the end. */
import { Alert, Button, Input } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { fenFromYuan, Money, yuanText } from '../../kit/money.tsx';
import type { AuctionStanding } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Facts, Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { Losing } from './bidding.tsx';
import {
  commitmentOf,
  download,
  type Envelope,
  isSalt,
  keep,
  kept,
  readEnvelope,
  seal,
} from './envelope.ts';

interface SealedProps {
  of: AuctionStanding;
  shop: string;
}

export function Sealed({ of, shop }: SealedProps): ReactNode {
  const t = useSay();
  const { auction, committed, revealed } = of;
  if (revealed) return <Alert type="success" showIcon title={t('auction.opened')} />;
  if (committed) return <EnvelopePanel key={auction.state} of={of} shop={shop} />;
  if (auction.state === 'open') return <HandIn of={of} shop={shop} />;
  return (
    <Alert
      type="info"
      showIcon
      title={t('auction.noEnvelope')}
      description={t('auction.noEnvelopeSay')}
    />
  );
}

function HandIn({ of: { auction }, shop }: SealedProps): ReactNode {
  const t = useSay();
  const ask = useConfirm();
  const act = useAct('POST /v1/recyclers/:id/auctions/:auctionId/commit', t('auction.sealDone'));
  const [typed, setTyped] = useState('');
  const priceFen = fenFromYuan(typed);
  const { reserveFen, faceFen, bondFen } = auction;
  const sound =
    priceFen !== undefined &&
    BigInt(priceFen) >= BigInt(reserveFen) &&
    BigInt(priceFen) <= BigInt(faceFen);
  const wrong = typed !== '' && !sound;
  const handIn = async (): Promise<void> => {
    if (!sound) return;
    const envelope = seal({ auction: auction.id, bidder: shop, priceFen });
    // Where the browser keeps nothing, the file is the only key: it comes before the bid.
    if (!keep(envelope)) download(envelope);
    const commitment = await commitmentOf(envelope);
    await act.run({ params: { id: shop, auctionId: auction.id }, body: { commitment } });
  };
  return (
    <Panel title={t('auction.pressTitle')} note={t('auction.bondSay', { bond: yuanText(bondFen) })}>
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          if (!sound) return;
          ask({
            title: t('auction.seal'),
            body: <p>{t('auction.sealSure', { bond: yuanText(bondFen) })}</p>,
            calm: true,
            act: handIn,
          });
        }}
      >
        <Field
          label={t('auction.sealedBid')}
          hint={t('auction.sealedHint', { reserve: yuanText(reserveFen), face: yuanText(faceFen) })}
        >
          <Input
            size="large"
            prefix="¥"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            aria-invalid={wrong}
            status={wrong ? 'error' : ''}
            onChange={({ target }) => setTyped(target.value)}
          />
        </Field>
        <Button type="primary" size="large" htmlType="submit" loading={act.busy} disabled={!sound}>
          {t('auction.seal')}
        </Button>
      </form>
      <Losing bondFen={bondFen} />
    </Panel>
  );
}

function EnvelopePanel({ of: { auction }, shop }: SealedProps): ReactNode {
  const t = useSay();
  const [envelope, setEnvelope] = useState(() => kept(shop, auction.id));
  const closing = auction.state === 'closing';
  return (
    <Panel title={t(closing ? 'auction.revealNow' : 'auction.envelope')}>
      {envelope ? (
        <>
          <p className="co-note">{t('auction.envelopeKept')}</p>
          <Facts
            of={[
              [t('auction.myPrice'), <Money key="price" fen={envelope.priceFen} />],
              [
                t('auction.salt'),
                <code key="salt" className="co-break">
                  {envelope.salt}
                </code>,
              ],
            ]}
          />
        </>
      ) : (
        <FindKey
          of={{ auction: auction.id, bidder: shop }}
          found={(one) => {
            keep(one);
            setEnvelope(one);
          }}
        />
      )}
      <div className="co-gap-top">
        <Losing bondFen={auction.bondFen} />
      </div>
      <div className="co-actions co-gap-top">
        {envelope && closing && <Open envelope={envelope} />}
        {envelope && (
          <Button size="large" onClick={() => download(envelope)}>
            {t('auction.download')}
          </Button>
        )}
      </div>
      {!closing && <p className="co-note co-note-end">{t('auction.waitOpen')}</p>}
    </Panel>
  );
}

function Open({ envelope }: { envelope: Envelope }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/auctions/:auctionId/reveal', t('auction.revealDone'));
  const { auction: auctionId, bidder: id, priceFen, salt } = envelope;
  return (
    <Button
      type="primary"
      size="large"
      loading={act.busy}
      onClick={() => void act.run({ params: { id, auctionId }, body: { priceFen, salt } })}
    >
      {t('auction.reveal')}
    </Button>
  );
}

interface FindKeyProps {
  of: Pick<Envelope, 'auction' | 'bidder'>;
  found: (envelope: Envelope) => void;
}

/** Another browser, or one that was cleared: from the file, or typed. */
function FindKey({ of, found }: FindKeyProps): ReactNode {
  const t = useSay();
  const picker = useRef<HTMLInputElement>(null);
  const [price, setPrice] = useState('');
  const [salt, setSalt] = useState('');
  const [wrong, setWrong] = useState(false);
  const priceFen = fenFromYuan(price);
  const plain = salt.trim().toLowerCase();
  const read = async (file: File): Promise<void> => {
    const envelope = readEnvelope(await file.text(), of);
    setWrong(envelope === undefined);
    if (envelope) found(envelope);
  };
  return (
    <div className="co-form">
      <Alert type="error" showIcon title={t('auction.envelopeGone')} />
      <input
        ref={picker}
        type="file"
        accept="application/json,.json"
        hidden
        data-testid="envelope-file"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void read(file);
        }}
      />
      <Button onClick={() => picker.current?.click()}>{t('auction.file')}</Button>
      {wrong && <Alert type="warning" showIcon title={t('auction.fileWrong')} />}
      <Field label={t('auction.sealedBid')}>
        <Input
          prefix="¥"
          inputMode="decimal"
          value={price}
          onChange={({ target }) => setPrice(target.value)}
        />
      </Field>
      <Field label={t('auction.salt')}>
        <Input
          value={salt}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setSalt(target.value)}
        />
      </Field>
      <Button
        disabled={!priceFen || !isSalt(plain)}
        onClick={() => priceFen && found({ ...of, priceFen, salt: plain })}
      >
        {t('shell.save')}
      </Button>
    </div>
  );
}
