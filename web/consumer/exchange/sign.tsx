/** Before any signature: what it says, field by field in plain words; what is not for our contracts is not signed. */
import { useSyncExternalStore } from 'react';
import { BY_REISSUE } from '../../../src/exchange/schema.ts';
import type { Reply } from '../../api.ts';
import { Moment, Notice, Sheet, useRough, yuanText } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import {
  type AuctionWhat,
  isAuctionField,
  isAuctionWhat,
  useAuctionWords,
} from './auction-texts.ts';
import { isOfferWhat, type OfferWhat, useOfferWords } from './offer-texts.ts';
import { useWords, type WordKey } from './texts.ts';

export type What =
  | 'Listing'
  | 'ListingReissue'
  | 'Bid'
  | 'BidReissue'
  | 'Permit'
  | 'login'
  | 'burn'
  | 'cancelAll'
  | 'BidForSecret'
  | 'deliver'
  | 'prove'
  | 'reclaim'
  | 'split'
  | 'giveShares'
  | 'buyOut'
  | 'unite'
  | 'cash'
  | OfferWhat
  | AuctionWhat;
type SaidValue = bigint | number | string | boolean;
export interface Said {
  readonly what: What;
  /** The fields of the very message that is signed. */
  readonly fields: Readonly<Record<string, SaidValue>>;
  readonly chainId: number;
  readonly contract?: string;
  /** For a sign-in message, which is text already. */
  readonly text?: string;
}

interface Asked {
  readonly said: Said;
  readonly answer: (yes: boolean) => void;
}
let asked: Asked | undefined;
const listeners = new Set<() => void>();
const tell = (): void => {
  for (const one of listeners) one();
};
const watch = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

export class NotSigned extends Error {}

/** Opens the sheet; throws NotSigned when the person says no. */
export async function confirmWords(said: Said): Promise<void> {
  asked?.answer(false);
  const yes = await new Promise<boolean>((resolve) => {
    asked = { said, answer: resolve };
    tell();
  });
  asked = undefined;
  tell();
  if (!yes) throw new NotSigned();
}

type Chain = NonNullable<Reply<'GET /v1/exchange'>['chain']>;

export function SignSheet({ chain }: { chain: Chain }): React.ReactNode {
  const t = useWords();
  const open = useSyncExternalStore(watch, () => asked);
  const no = (): void => open?.answer(false);
  return (
    <Sheet open={open !== undefined} onClose={no} title={t('signTitle')} testId="sign">
      {open && <Words said={open.said} chain={chain} answer={open.answer} />}
    </Sheet>
  );
}

function Words(props: {
  said: Said;
  chain: Chain;
  answer: (yes: boolean) => void;
}): React.ReactNode {
  const { said, chain, answer } = props;
  const t = useWords();
  const heading = useHeading();
  const { what, fields, chainId, contract, text } = said;
  const ours = contract === undefined || contract === chain.exchange || contract === chain.money;
  const label = useLabel();
  const known = Object.keys(fields).every((name) => label(name) !== undefined);
  const fits = ours && known && chainId === chain.id;
  return (
    <>
      <p>
        <strong>{heading(what)}</strong>
      </p>
      {text ? (
        <pre className="ex-text">{text}</pre>
      ) : (
        <dl className="facts">
          {Object.entries(fields).map(([name, value]) => (
            <div key={name}>
              <dt>{label(name) ?? name}</dt>
              <dd data-field={name}>
                <Value name={name} value={value} chain={chain} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="fine">
        {t('signOn')}: {t('signChain', { id: chainId, contract: contract ? short(contract) : '–' })}
      </p>
      {!fits && (
        <Notice tone="warn" icon="warn">
          {t('signStrange')}
        </Notice>
      )}
      <Do testId="sign-yes" disabled={!fits} onClick={() => answer(true)}>
        {t('signYes')}
      </Do>
      <Do tone="quiet" testId="sign-no" onClick={() => answer(false)}>
        {t('signNo')}
      </Do>
    </>
  );
}

function useHeading(): (what: What) => string {
  const t = useWords();
  const offers = useOfferWords();
  const auctions = useAuctionWords();
  return (what) => {
    if (isAuctionWhat(what)) return auctions(`what_${what}`);
    return isOfferWhat(what) ? offers(`what_${what}`) : t(`what_${what}`);
  };
}

/** Undefined for what has no words: a message with such a field is not signed. */
function useLabel(): (name: string) => string | undefined {
  const t = useWords();
  const auctions = useAuctionWords();
  return (name) => {
    if (isAuctionField(name)) return auctions(`f_${name}`);
    return name in LABELS ? t(LABELS[name as keyof typeof LABELS]) : undefined;
  };
}

const LABELS = {
  cardId: 'f_cardId',
  price: 'f_price',
  feeBps: 'f_feeBps',
  charityBps: 'f_charityBps',
  charityId: 'f_charityId',
  delivery: 'f_delivery',
  taker: 'f_taker',
  deadline: 'f_deadline',
  nonce: 'f_nonce',
  epoch: 'f_epoch',
  bidder: 'f_bidder',
  session: 'f_session',
  secretCommit: 'f_secretCommit',
  owner: 'f_owner',
  spender: 'f_spender',
  value: 'f_value',
  bond: 'f_bond',
  paid: 'f_paid',
  supply: 'f_supply',
  floor: 'f_floor',
  shares: 'f_shares',
  to: 'f_to',
  give: 'f_give',
  want: 'f_want',
  topUp: 'f_topUp',
  makerPays: 'f_makerPays',
  cards: 'f_cards',
} as const satisfies Record<string, WordKey>;

const MONEY: ReadonlySet<string> = new Set([
  ...['price', 'value', 'bond', 'paid', 'floor', 'reserve', 'amount'],
  ...['startPrice', 'endPrice', 'maxPrice', 'topUp'],
]);
const TIMES: ReadonlySet<string> = new Set([
  ...['deadline', 'startsAt', 'endsAt', 'commitUntil', 'revealUntil'],
]);
const CARDS: ReadonlySet<string> = new Set(['cardId', 'give', 'want']);
const ZERO = /^0x0+$/;
const SHORT_HEAD = 8;
const SHORT_TAIL = 4;
export const short = (hex: string): string =>
  hex.length > SHORT_HEAD + SHORT_TAIL
    ? `${hex.slice(0, SHORT_HEAD)}…${hex.slice(-SHORT_TAIL)}`
    : hex;
const same = (value: SaidValue, address: string): boolean =>
  String(value).toLowerCase() === address;
const BPS_A_PERCENT = 100;
const MS_A_SECOND = 1000;

function Value(props: { name: string; value: SaidValue; chain: Chain }): React.ReactNode {
  const { name, value, chain } = props;
  const t = useWords();
  const offers = useOfferWords();
  const words = useAuctionWords();
  if (MONEY.has(name)) return yuanText(String(value));
  if (name === 'feeBps' || name === 'charityBps') return `${Number(value) / BPS_A_PERCENT} %`;
  if (TIMES.has(name))
    return <Moment at={new Date(Number(value) * MS_A_SECOND).toISOString()} form="minute" />;
  if (name === 'makerPays') return offers(value ? 'v_maker' : 'v_taker');
  if (typeof value === 'boolean') return words(value ? 'v_yes' : 'v_no');
  if (name === 'duration') return <Lasts seconds={Number(value)} />;
  if (name === 'delivery') return t(Number(value) === BY_REISSUE ? 'v_reissue' : 'v_vault');
  if (name === 'taker' && ZERO.test(String(value))) return t('v_anyone');
  if (name === 'taker' && same(value, chain.relayer)) return offers('v_house');
  if (name === 'spender' && value === chain.exchange) return t('v_exchange');
  if (CARDS.has(name)) return short(`0x${BigInt(value).toString(16).padStart(64, '0')}`);
  if (typeof value === 'string' && ZERO.test(value)) return t('v_none');
  return typeof value === 'string' ? short(value) : String(value);
}

const Lasts = ({ seconds }: { seconds: number }): React.ReactNode =>
  useRough(seconds * MS_A_SECOND);
