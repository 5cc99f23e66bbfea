/** Words of what a person has and has promised on the chain: assets, bids, swaps, baskets. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const offerTexts = defineTexts({
  money: { zh: '我的资金', en: 'My money' },
  balance: { zh: '钱包余额', en: 'In the wallet' },
  purseFree: { zh: '合约里可取回', en: 'In the contract, free' },
  purseLocked: { zh: '合约里锁定', en: 'In the contract, locked' },
  purseSay: {
    zh: '退回的款、解锁的押金先存在合约里您的名下，随时可以取回钱包，合约暂停时也可以。',
    en: 'Money given back and bonds freed wait for you in the contract. Take them to your wallet at any time, also while the contract is paused.',
  },
  purseTake: { zh: '取回 {sum}', en: 'Take {sum} out' },
  purseTaking: { zh: '正在取回…', en: 'Being taken out…' },
  what_takePurse: {
    zh: '把合约里您名下可取回的钱取到您的钱包。',
    en: 'Take your free money out of the contract to your wallet.',
  },
  group_held: { zh: '持有中', en: 'Held' },
  group_moving: { zh: '处理中', en: 'On its way' },
  group_stopped: { zh: '已冻结', en: 'Frozen' },
  group_over: { zh: '已结束', en: 'Over' },
  in_SPLIT: { zh: '已拆成份额', en: 'Split into shares' },
  in_AUCTION: { zh: '拍卖中', en: 'In auction' },
  in_HELD: { zh: '已付款，等发卡方换发', en: 'Paid, waiting for its issuer' },
  listings: { zh: '我的挂单和购买', en: 'My offers and purchases' },
  sold: { zh: '卖出', en: 'Selling' },
  bought: { zh: '买入', en: 'Buying' },
  toMarket: { zh: '看看在售的卡', en: 'See what is on offer' },
});

export const useOfferWords = textsHook('exchange-offers', offerTexts);
export type OfferWord = keyof typeof offerTexts;

const WHATS = ['takePurse'] as const;
/** What of all this a wallet is asked to sign. */
export type OfferWhat = (typeof WHATS)[number];
export const isOfferWhat = (what: string): what is OfferWhat =>
  (WHATS as readonly string[]).includes(what);
