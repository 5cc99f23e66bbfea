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
  swaps: { zh: '换卡', en: 'Swaps' },
  swap: { zh: '换卡', en: 'Swap' },
  toSwap: { zh: '用我的卡换', en: 'Swap one of mine for it' },
  swapByMe: { zh: '我提议', en: 'I propose' },
  swapToMe: { zh: '对方提议', en: 'Proposed to me' },
  swapSay: {
    zh: '拿您的一张卡换{card}（{face}），按面值等值，差额补钱。对方接受后，两张卡在链上同时换手，卡密由平台保险库交给各自的新主人。',
    en: 'One of your cards for {card} ({face}), even in value, the difference in money. Once accepted, both change hands at once on the chain, and the vault gives each secret to its new holder.',
  },
  swapGive: { zh: '我换出', en: 'I give' },
  swapNoCard: { zh: '您还没有可以换的卡', en: 'You have no card to give yet' },
  swapNoCardSay: {
    zh: '先把一张卡放到链上，或等正在处理的完成。',
    en: 'Bring one on chain first, or wait for one on its way.',
  },
  bringCard: { zh: '把卡放到链上', en: 'Bring a card on chain' },
  topUp: { zh: '补差价', en: 'Money on top' },
  topUpEven: { zh: '面值差 {sum}', en: 'The difference in value is {sum}' },
  topUpWho: { zh: '差价由谁付', en: 'Who pays it' },
  pays_me: { zh: '我付', en: 'I do' },
  pays_them: { zh: '对方付', en: 'They do' },
  pays_nobody: { zh: '不补', en: 'None' },
  paysThem: { zh: '对方付，扣费后您得 {net}', en: 'They do; you get {net}, fee off' },
  swapNotReserved: {
    zh: '换出的卡和补的钱都不冻结。卡卖掉、换主或余额不够时，这个提议自动失效或暂不展示。',
    en: 'Neither card nor money is set aside. If the card goes elsewhere the offer is void; while the money falls short it is not shown.',
  },
  swapDo: { zh: '签名提议换卡', en: 'Sign the offer' },
  swap_open: { zh: '等对方答复', en: 'Waiting for an answer' },
  swap_filling: { zh: '已接受，换卡上链中', en: 'Accepted, being settled' },
  swap_swapped: { zh: '已换卡', en: 'Swapped' },
  swap_withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  swap_refused: { zh: '已婉拒', en: 'Refused' },
  swap_void: { zh: '已失效', en: 'Void' },
  swap_lapsed: { zh: '已过期', en: 'Lapsed' },
  cardMine: { zh: '我的卡', en: 'My card' },
  cardTheirs: { zh: '对方的卡', en: 'Their card' },
  swapWaiting: {
    zh: '等对方答复。接受后两张卡同时换手。',
    en: 'Waiting for an answer. Accepted, both cards change hands at once.',
  },
  swapUnfundedMaker: {
    zh: '授权还没上链，或钱包余额不够付差价。此时对方看不到这个提议；授权通常几秒后上链，余额请自行补足。',
    en: 'The permit is not on the chain yet, or the wallet is short of the top-up. They do not see the offer meanwhile; the permit takes some seconds, topping up is up to you.',
  },
  swapPromise: {
    zh: '您的钱包承诺：到期限为止，对方接受就按此换。撤回后平台不再撮合；对方若留有签名副本，仍可拿到合约，用“作废全部”可彻底作废。',
    en: 'What your wallet promises: until the time given, they may swap. Withdrawn, we do not match it any more; whoever kept a copy of the signature could still bring it to the contract, until you void all.',
  },
  swapTakeSay: {
    zh: '您的钱包发一笔交易，两张卡和差价同时换手；不成则什么都不动。',
    en: 'Your wallet sends one transaction: both cards and the money change hands at once, or nothing does.',
  },
  swapAccept: { zh: '接受换卡', en: 'Accept the swap' },
  swap_do_withdraw: { zh: '撤回提议', en: 'Withdraw the offer' },
  swap_ask_withdraw: { zh: '撤回这个提议？', en: 'Withdraw this offer?' },
  swap_say_withdraw: {
    zh: '撤回后不能恢复，但可以重新提议。',
    en: 'It cannot be brought back, but you may offer anew.',
  },
  swap_do_refuse: { zh: '婉拒', en: 'Refuse' },
  swap_ask_refuse: { zh: '婉拒这个换卡提议？', en: 'Refuse this swap?' },
  swap_say_refuse: {
    zh: '婉拒后不能恢复，对方可以重新提议。',
    en: 'It cannot be brought back; they may offer anew.',
  },
  swap_end_filling: {
    zh: '交易已送往合约，几秒后有结果；不成则两张卡和钱都不动。',
    en: 'The transaction is on its way; it takes some seconds. If it fails, cards and money stay where they are.',
  },
  swap_end_swapped: {
    zh: '两张卡已换手。换到的卡在“我的资产”，可再出售，或销毁凭证取卡密。',
    en: 'Both cards have changed hands. Yours is among your assets: sell it on, or burn the token and fetch the secret.',
  },
  swap_end_withdrawn: {
    zh: '提议已撤回，卡和钱都没有动。',
    en: 'Withdrawn; cards and money stay where they are.',
  },
  swap_end_refused: {
    zh: '没有换成，卡和钱都没有动。可以换个条件再提议。',
    en: 'Refused; cards and money stay where they are. Other terms may be offered.',
  },
  swap_end_void: {
    zh: '其中一张卡已换手、被使用，或签名已作废；这个提议不能再成交，没有扣款。',
    en: 'One of the cards has changed hands or was used, or the signature was voided; it cannot be settled any more, and nothing was taken.',
  },
  swap_end_lapsed: {
    zh: '对方没有在期限内答复；卡和钱都没有动。',
    en: 'No answer in time; cards and money stay where they are.',
  },
  what_proposeSwap: {
    zh: '用您的卡换对方的卡：期限内对方接受，就同时换手，差价一并付清。',
    en: 'Your card for theirs: if they accept in time, both change hands at once with the money on top.',
  },
  what_takeSwap: {
    zh: '换卡：您的卡给对方，对方的卡给您，差价同时付清。不能撤回。',
    en: 'Swap: your card to them, theirs to you, the money on top paid at once. It cannot be undone.',
  },
  v_maker: { zh: '提议人', en: 'Who proposes' },
  v_taker: { zh: '接受人', en: 'Who accepts' },

  basket: { zh: '一次买多张', en: 'Buy several at once' },
  basketSay: {
    zh: '最多选 {n} 张：一次授权，一笔交易。要么全部买到，要么一张不买、一分不扣。',
    en: 'Choose up to {n}: one permit, one transaction. Either all of them are yours, or none, and nothing is taken.',
  },
  basketNone: { zh: '现在没有可买的卡', en: 'Nothing to buy now' },
  basketNoneSay: {
    zh: '等有人挂单，或直接对卡出价。',
    en: 'Wait for an offer, or bid for a card.',
  },
  basketGone: {
    zh: '您选的卡里有 {n} 张刚被买走或撤单，已从篮子拿掉；还没有扣款。看一眼剩下的，再点一次购买。',
    en: '{n} of what you chose were sold or withdrawn meanwhile and are out of the basket; nothing was taken. Look at the rest, then press once more.',
  },
  basketBuy: { zh: '签名购买 {n} 张 · {sum}', en: 'Sign and buy {n} · {sum}' },
  basketSent: {
    zh: '{n} 张卡的交易已送往合约，几秒后有结果。',
    en: 'The transaction for {n} cards is on its way; it takes some seconds.',
  },
  basketByItself: {
    zh: '交易由您的钱包自己发出。钱包里显示失败或已拒绝时，没有扣款，可以重新选。',
    en: 'Your wallet sent it by itself. If it says that it failed or was rejected, nothing was taken: choose again.',
  },
  basketDone: {
    zh: '{n} 张卡都是您的了，可在“我的资产”取卡密或再出售。',
    en: 'All {n} cards are yours: fetch their secrets among your assets, or sell them on.',
  },
  basketFailed: {
    zh: '这 {n} 张一张也没有买到，没有扣款：其中有卡刚被别人买走，或卖方作废了签名。请看看还剩哪些，再选一次。',
    en: 'None of the {n} was bought and nothing was taken: one was sold meanwhile, or its seller voided the signature. See what is left and choose again.',
  },
  basketAgain: { zh: '重新选', en: 'Choose again' },
  toAssets: { zh: '去我的资产', en: 'To my assets' },
  what_buyMany: {
    zh: '一次买下这些卡：要么全部成交，要么一分不扣。',
    en: 'Buy these cards at once: either all of them, or nothing is taken.',
  },

  voidAll: { zh: '作废我签过的所有出价和换卡', en: 'Void every bid and swap I ever signed' },
  voidAllSay: {
    zh: '不论签名在谁手里，都在链上一次作废。挂单不受影响；之后可以重新出价。',
    en: 'Whoever has a copy, all are void on the chain at once. Offers of your cards stay; you may bid anew.',
  },
  voidAllAsk: { zh: '作废全部出价和换卡？', en: 'Void all bids and swaps?' },
  voidAllDo: { zh: '全部作废', en: 'Void all' },
  voidingAll: { zh: '正在链上作废…', en: 'Being voided on chain…' },
  voidedAll: {
    zh: '此前签过的出价和换卡都已在链上作废（第 {n} 批）。',
    en: 'All bids and swaps signed before are void on the chain (epoch {n}).',
  },
  what_cancelBids: {
    zh: '作废这个钱包签过的所有出价和换卡提议，包括别人手里的副本。不能撤回。',
    en: 'Void every bid and swap that this wallet signed, copies in other hands included. It cannot be undone.',
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

const WHATS = [
  ...(['takePurse', 'openBid', 'acceptBid', 'proposeSwap', 'takeSwap'] as const),
  ...(['buyMany', 'cancelBids'] as const),
] as const;
/** What of all this a wallet is asked to sign. */
export type OfferWhat = (typeof WHATS)[number];
export const isOfferWhat = (what: string): what is OfferWhat =>
  (WHATS as readonly string[]).includes(what);
