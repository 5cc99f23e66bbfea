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
  others: { zh: '可出价的卡', en: 'Cards you may bid for' },
  othersOffer: { zh: '面值 · 挂单 {sum}', en: 'Face value · on offer at {sum}' },
  othersNoOffer: { zh: '面值 · 未挂单，可直接出价', en: 'Face value · not on offer, bids welcome' },
  face: { zh: '面值', en: 'Face value' },
  youGet: { zh: '到手', en: 'You get' },
  bidder: { zh: '出价人', en: 'Bidder' },
  holder: { zh: '持有人', en: 'Holder' },
  until: { zh: '有效至', en: 'Good until' },
  daysN: { zh: '{n} 天', en: '{n} d' },

  bids: { zh: '出价', en: 'Bids' },
  bidByMe: { zh: '我出的价', en: 'My bid' },
  bidToMe: { zh: '对我的卡', en: 'For my card' },
  bidsOnMine: { zh: '别人的出价', en: 'Bids for it' },
  bidMine: { zh: '我对它的出价', en: 'My bid for it' },
  bid: { zh: '出个价', en: 'Make a bid' },
  bidSay: {
    zh: '持卡人可以在期限内接受；接受即按此价成交，卡密由平台保险库交给您。',
    en: 'Its holder may accept within the time; accepted, it is sold at this price, and the vault gives you the secret.',
  },
  bidPrice: { zh: '出价', en: 'Your price' },
  bidDays: { zh: '有效期', en: 'Good for' },
  notReserved: {
    zh: '钱不冻结，一直在您的钱包里（现有 {sum}）。余额或授权不够付时，卖方看不到这个出价，也不会成交。',
    en: 'No money is set aside: it stays in your wallet ({sum} now). While balance or permit fall short, the holder does not see the bid and it cannot be filled.',
  },
  bidDo: { zh: '签名出价', en: 'Sign the bid' },
  bid_open: { zh: '出价有效', en: 'Open' },
  bid_unfunded: { zh: '暂不能付款', en: 'Cannot pay now' },
  bid_filling: { zh: '已接受，成交上链中', en: 'Accepted, being settled' },
  bid_filled: { zh: '已成交', en: 'Filled' },
  bid_withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  bid_void: { zh: '已失效', en: 'Void' },
  bid_lapsed: { zh: '已过期', en: 'Lapsed' },
  accept: { zh: '签名卖给这个出价', en: 'Sign and sell to this bid' },
  acceptSay: {
    zh: '签一次：按这个价格卖出，只有本平台能拿去成交。平台代发，您不付手续费以外的钱。',
    en: 'One signature: the sale at this price, which only this platform may bring. We send it; you pay nothing but the fee.',
  },
  putBack: {
    zh: '上次没有成交：合约没有接受，没有扣款。可以再试一次。',
    en: 'It was not settled last time: the contract said no, and nothing was taken. You may try again.',
  },
  unfundedOwner: {
    zh: '出价人的余额、授权或实名登记暂时不够，现在不能成交。您不用做什么，可以接受别的出价。',
    en: 'The bidder cannot pay at the moment. There is nothing for you to do; you may take another bid.',
  },
  waitingOwner: {
    zh: '等卖方接受。成交后您会在“我的资产”看到这张卡。',
    en: 'Waiting for its holder. Once sold, the card is among your assets.',
  },
  unfundedBidder: {
    zh: '授权还没上链，或钱包余额不够付。此时卖方看不到它；授权通常几秒后上链，余额请自行补足，或撤回后重新出价。',
    en: 'The permit is not on the chain yet, or the wallet is short. Its holder does not see it meanwhile. The permit takes some seconds; top the wallet up, or withdraw and bid anew.',
  },
  promiseSay: {
    zh: '您的钱包承诺：到期限为止，卖方接受就按此价付款。撤回后平台不再撮合，也没有别人拿到过您的签名。',
    en: 'What your wallet promises: until the time given, this price is paid if its holder accepts. Withdrawn, we do not match it any more, and nobody else was given your signature.',
  },
  withdraw: { zh: '撤回出价', en: 'Withdraw the bid' },
  withdrawAsk: { zh: '撤回这个出价？', en: 'Withdraw this bid?' },
  withdrawSay: {
    zh: '撤回后不能恢复，但可以重新出价。',
    en: 'It cannot be brought back, but you may bid anew.',
  },
  end_filling: {
    zh: '两个签名已送往合约，几秒后有结果；没成交就不会扣款。',
    en: 'Both signatures are on their way; it takes some seconds. If it is not settled, nothing is taken.',
  },
  end_filled: {
    zh: '已成交，钱和卡已在链上换手。',
    en: 'Sold: money and card have changed hands on the chain.',
  },
  end_withdrawn: {
    zh: '出价已撤回，没有扣款。可以重新出价。',
    en: 'Withdrawn; nothing was taken. You may bid anew.',
  },
  end_void: {
    zh: '卡已卖给别人、换了持有人，或签名已在链上作废；没有扣款。',
    en: 'The card was sold or changed hands, or the signature was voided on the chain; nothing was taken.',
  },
  end_lapsed: {
    zh: '卖方没有在期限内接受；没有扣款。',
    en: 'Its holder did not accept in time; nothing was taken.',
  },
  toCard: { zh: '查看这张卡', en: 'See the card' },
  toMyCard: { zh: '查看我的卡', en: 'See my card' },
  toBid: { zh: '不按这个价？出个价', en: 'Another price? Make a bid' },
  promised: { zh: '已签出的承诺', en: 'Promised by signature' },
  promisedSay: {
    zh: '承诺的钱没有冻结；扣款授权以这个数为限，另加您新签的。',
    en: 'None of it is set aside; the contract may take up to this, and what you sign anew.',
  },
  what_openBid: {
    zh: '对这张卡出价：期限内持有人接受，就按此价付款买下。钱不冻结；成交时余额或授权不够，就不成交。',
    en: 'Bid for this card: if its holder accepts in time, it is bought and paid at this price. No money is set aside; if it falls short then, nothing happens.',
  },
  what_acceptBid: {
    zh: '按这个价格把卡卖给这个出价。只有本平台能拿这个签名去成交。',
    en: 'Sell the card to this bid at this price. Only this platform may bring this signature to the contract.',
  },
  v_house: { zh: '只由本平台撮合', en: 'Matched by this platform only' },
  toMarket: { zh: '看看在售的卡', en: 'See what is on offer' },
});

export const useOfferWords = textsHook('exchange-offers', offerTexts);
/** Keys of words that need no holes filled. */
export type OfferWord = {
  [K in keyof typeof offerTexts]: (typeof offerTexts)[K]['zh'] extends `${string}{${string}`
    ? never
    : K;
}[keyof typeof offerTexts];

const WHATS = ['takePurse', 'openBid', 'acceptBid'] as const;
/** What of all this a wallet is asked to sign. */
export type OfferWhat = (typeof WHATS)[number];
export const isOfferWhat = (what: string): what is OfferWhat =>
  (WHATS as readonly string[]).includes(what);
