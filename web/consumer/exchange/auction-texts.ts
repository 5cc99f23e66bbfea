/** Words of auctions on the chain, and what a signature about one says. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const auctionTexts = defineTexts({
  title: { zh: '链上拍卖', en: 'Auctions on chain' },
  titleMine: { zh: '我的链上拍卖', en: 'My auctions on chain' },
  kind_english: { zh: '英式拍卖', en: 'English auction' },
  kind_dutch: { zh: '荷兰式降价', en: 'Falling price' },
  kind_sealed: { zh: '密封拍卖', en: 'Sealed auction' },
  state_offered: { zh: '等第一次出价', en: 'Waiting for a first bid' },
  state_offered_dutch: { zh: '降价出售中', en: 'Falling' },
  state_offered_sealed: { zh: '正在链上开拍', en: 'Being opened on chain' },
  state_commit: { zh: '密封出价中', en: 'Taking sealed bids' },
  state_reveal: { zh: '公开出价中', en: 'Bids are being opened' },
  state_running: { zh: '竞价中', en: 'Running' },
  state_settling: { zh: '已到期，链上结算中', en: 'Over, being settled on chain' },
  state_sold: { zh: '已成交', en: 'Sold' },
  state_unwound: { zh: '未成交', en: 'No sale' },
  state_cancelled: { zh: '已撤下', en: 'Taken down' },
  state_void: { zh: '已失效', en: 'Void' },
  state_lapsed: { zh: '无人出价，已过期', en: 'Nobody came, lapsed' },

  best: { zh: '当前最高', en: 'Highest bid' },
  start: { zh: '起拍价', en: 'Starts at' },
  soldFor: { zh: '成交价', en: 'Sold for' },
  step: { zh: '加价', en: 'Step' },
  stepSay: { zh: '每次至少加 5 %', en: 'each bid at least 5 % more' },
  runs: { zh: '时长', en: 'Runs for' },
  runsSay: { zh: '{time}，从第一次出价起算', en: '{time} from the first bid' },
  late: { zh: '延时', en: 'Late bids' },
  lateSay: {
    zh: '最后 15 分钟有人出价，就再给 15 分钟；总共最多延 2 小时',
    en: 'a bid in the last 15 minutes gives 15 minutes more, 2 hours in all at most',
  },
  beginBy: { zh: '最晚开始', en: 'Begins by' },
  endsIn: { zh: '距结束', en: 'Ends in' },
  endsAtMost: { zh: '最晚结束', en: 'Ends by' },
  bids: { zh: '出价记录', en: 'Bids' },
  bidsNone: {
    zh: '还没有人出价。第一次出价后开始计时。',
    en: 'No bid yet. The clock starts with the first.',
  },
  me: { zh: '我', en: 'Me' },
  seller: { zh: '卖方', en: 'Seller' },
  ended: { zh: '结束时间', en: 'Ended' },
  fee: { zh: '手续费', en: 'Fee' },
  feeSay: { zh: '成交价的 2.5 %，卖方承担', en: '2.5 % of the price, paid by the seller' },

  priceNow: { zh: '现价', en: 'Price now' },
  from: { zh: '起始价', en: 'From' },
  downTo: { zh: '最低价', en: 'Down to' },
  begins: { zh: '开始降价', en: 'Falls from' },
  until: { zh: '到最低价', en: 'Lowest at' },
  beginsIn: { zh: '距开始', en: 'Starts in' },
  lowestIn: { zh: '距最低价', en: 'Lowest in' },
  falls: { zh: '降价方式', en: 'How it falls' },
  fallsSay: {
    zh: '匀速下降，先买先得；按上链那一秒的价格成交',
    en: 'in a straight line; first come, first served, at the price of the second it is mined',
  },
  reserve: { zh: '保留价', en: 'Reserve' },
  bond: { zh: '押金', en: 'Bond' },
  bondSay: {
    zh: '{sum}；公开出价时退还，不公开的扣两成给卖方',
    en: '{sum}, given back when you open your bid; who never opens loses a fifth of it to the seller',
  },
  pays: { zh: '成交价', en: 'What is paid' },
  paysSecond: {
    zh: '出价最高的人得卡，付第二高的价（不低于保留价）',
    en: 'the highest bidder has it for the second-highest bid, at least the reserve',
  },
  paysFirst: { zh: '出价最高的人得卡，付自己的出价', en: 'the highest bidder has it for that bid' },
  commitUntil: { zh: '出价截止', en: 'Bids until' },
  revealUntil: { zh: '公开截止', en: 'Opened until' },
  commitIn: { zh: '距出价截止', en: 'Bids end in' },
  revealIn: { zh: '距公开截止', en: 'Opening ends in' },
  sealedN: { zh: '已有 {n} 个密封出价', en: '{n} sealed bids so far' },
  sealedBid: { zh: '密封', en: 'sealed' },
  forfeited: { zh: '未公开，已扣押金', en: 'never opened, bond cut' },

  sealed: { zh: '您的密封出价已上链', en: 'Your sealed bid is on the chain' },
  sealedSay: {
    zh: '出价截止后，请回到这里公开它。不公开就不能成交，还要扣两成押金。',
    en: 'When bids have ended, come back and open it. Unopened it cannot win, and a fifth of the bond is lost.',
  },
  leads: { zh: '您现在领先', en: 'You lead' },
  leadsSay: {
    zh: '出价已由合约保管。被人超过时，钱在同一笔交易里退回您的钱包。',
    en: 'The contract holds your bid. If somebody goes above it, your money is back in your wallet in the same transaction.',
  },
  outbid: { zh: '有人出价更高', en: 'You were outbid' },
  outbidSay: {
    zh: '您的出价已退回钱包；退不进去时存在合约里您的名下，可在“我的资产”取回。您可以再出价。',
    en: 'Your bid is back in your wallet; if it could not be, it waits in the contract: take it out under “My assets”. You may bid again.',
  },
  won: { zh: '您拍到了这张卡', en: 'The card is yours' },
  wonSay: {
    zh: '卡已到您的钱包。要用它，请打开这张卡，销毁凭证并取卡密。',
    en: 'It is in your wallet. To spend it, open the card, burn its token and fetch the secret.',
  },
  lost: { zh: '这次没有拍到', en: 'Somebody else has it' },
  lostSay: { zh: '您的出价已全部退回。', en: 'All you bid has come back to you.' },
  lostSealedSay: {
    zh: '您的款项已解锁，存在合约里您的名下，可在“我的资产”取回钱包。',
    en: 'Your money is free again and waits in the contract: take it out under “My assets”.',
  },
  outbidSealedSay: {
    zh: '别人公开的出价更高。您的款项已解锁，可在“我的资产”取回。',
    en: 'Somebody opened a higher bid. Your money is free again: take it out under “My assets”.',
  },
  leadsSealedSay: {
    zh: '您公开的出价目前最高，款项锁在合约里，公开截止后自动结算。',
    en: 'Of the bids opened so far yours is the highest. The sum is locked in the contract; it is settled by itself at the end.',
  },
  toCard: { zh: '查看我的卡', en: 'See my card' },
  mineOffered: {
    zh: '条款已公布。有人出价前可以撤下；开始后不能撤。',
    en: 'Your terms are out. You may take them down until somebody bids, not after.',
  },
  mineRunning: {
    zh: '卡由合约保管到结束。到期由平台结算，价款扣手续费后直接到您的钱包。',
    en: 'The contract keeps the card until the end. We settle it; the price less the fee comes to your wallet.',
  },
  settlingSay: {
    zh: '时间已到，平台正在把结果写到链上，通常一分钟内完成。',
    en: 'Time is up; we are bringing the result to the chain, mostly within a minute.',
  },
  over_sold: { zh: '拍卖已成交，卡已归买方。', en: 'Sold; the card is its buyer’s.' },
  over_unwound: {
    zh: '没有成交，卡已还给卖方，可以重新出售。',
    en: 'No sale: the card is its seller’s again and can be offered anew.',
  },
  over_cancelled: { zh: '卖方撤下了这场拍卖。', en: 'Its seller took it down.' },
  begunSay: {
    zh: '但有人用之前复制的卖方签名在合约上开始了它：出价有效，到期照常结算。',
    en: 'Somebody began it at the contract all the same, with a copy of the signature: bids count, and it is settled at its end.',
  },
  begunMine: {
    zh: '但有人用之前复制的您的签名在合约上开始了它：卡会卖给出价最高的人，钱归您，到期由平台结算。以后要彻底作废签名，撤下后请再点“彻底作废这张卡的签名”。',
    en: 'Somebody began it at the contract all the same, with a copy of your signature: the card goes to the highest bidder and the money to you; we settle it at its end. To void a signature for good, press “Void all I signed for this card” after taking down.',
  },
  toBegun: { zh: '看进行到哪一步', en: 'See how it goes' },
  over_void: {
    zh: '卡的状态已变，这份条款不能再用。',
    en: 'The card has changed since; these terms can never begin.',
  },
  over_lapsed: {
    zh: '期限内没有人来，卡一直在卖方手里，可以重新出售。',
    en: 'Nobody came in time. The card never left its seller and can be offered anew.',
  },

  bid: { zh: '签名出价', en: 'Sign and bid' },
  bidAmount: { zh: '我的出价', en: 'My bid' },
  bidLeast: { zh: '至少 {sum}', en: 'At least {sum}' },
  bidShort: { zh: '钱包余额只有 {sum}', en: 'There is only {sum} in the wallet' },
  bidSay: {
    zh: '签两次：授权扣款、出价。钱进合约保管，未拍到会退回；出价不能收回。',
    en: 'Two signatures: the permit and the bid. The contract holds the money and gives it back unless you win; a bid cannot be taken back.',
  },
  take: { zh: '签名购买', en: 'Sign and buy' },
  takeSay: {
    zh: '签两次：授权扣款、购买。按上链那一秒的价格成交；链可能比页面慢，签名里写明最多付多少。',
    en: 'Two signatures: the permit and the purchase. You pay the price of the second it is mined; the chain may be a little behind this page, so what you sign says the most you pay.',
  },
  takeNot: { zh: '还没到开始时间，到点即可购买。', en: 'It has not started yet; come back then.' },
  takeShort: {
    zh: '钱包余额 {sum}，不够现价。可以等价格再降。',
    en: 'There is {sum} in the wallet, less than the price. You may wait for it to fall.',
  },

  commit1: { zh: '第一步：封存出价', en: 'Step 1: seal your bid' },
  commit1Say: {
    zh: '金额和一串随机数留在这个浏览器，上链的只有它们的哈希。请下载保存：丢了就无法公开。',
    en: 'The sum and a random number stay in this browser; only their hash goes on chain. Download them: lost, they cannot be opened.',
  },
  commitMake: { zh: '封存出价', en: 'Seal it' },
  commitMade: { zh: '已封存 {sum}', en: '{sum} sealed' },
  commitDownload: { zh: '下载出价凭据', en: 'Download what opens it' },
  commit2: { zh: '第二步：交押金', en: 'Step 2: lock the bond' },
  commit2Say: {
    zh: '签两次：授权扣押金、提交密封出价。公开时再付出价款。',
    en: 'Two signatures: the permit for the bond and the sealed bid. The bid itself is paid when you open it.',
  },
  commitDo: { zh: '签名提交', en: 'Sign and hand in' },
  reveal: { zh: '公开我的出价', en: 'Open my bid' },
  revealSay: {
    zh: '领先时出价款锁进合约，被超过即解锁；押金解锁。解锁的钱在“我的资产”取回。',
    en: 'If it leads, the sum is locked in the contract until somebody leads above it. Your bond is free again: take it out under “My assets”.',
  },
  revealDo: { zh: '签名公开 · {sum}', en: 'Sign and open · {sum}' },
  revealWait: { zh: '出价截止后才能公开。', en: 'It can be opened once bids have ended.' },
  revealShort: {
    zh: '钱包余额 {sum}，不够付清这个出价。请先充值再公开。',
    en: 'There is {sum} in the wallet, too little for this bid. Put money in before you open it.',
  },
  openingMissing: {
    zh: '这个浏览器里没有您的出价凭据。请打开下载的文件，把内容贴到这里。',
    en: 'What opens your bid is not in this browser. Open the file you downloaded and paste it here.',
  },
  openingField: { zh: '凭据内容', en: 'What the file says' },
  openingOther: { zh: '这不是这次出价的凭据', en: 'This does not open this bid' },
  openingEnter: { zh: '放入凭据', en: 'Use it' },
  commitOver: {
    zh: '出价已截止。出过价的人正在公开，公开截止后自动结算。',
    en: 'Bids have ended. Those who bid are opening them; it is settled by itself after that.',
  },
  purseSay: {
    zh: '解锁的押金和款项在合约里您的名下，可在“我的资产”取回钱包。',
    en: 'Bonds and money that are free again wait in the contract: take them out under “My assets”.',
  },
  working: { zh: '正在上链…', en: 'Going on chain…' },
  cancel: { zh: '撤下拍卖', en: 'Take it down' },
  cancelSay: {
    zh: '撤下后不再展示。要再拍，需要重新签条款。',
    en: 'It will not be shown any more. To auction the card again you sign new terms.',
  },

  put: { zh: '链上拍卖', en: 'Auction on chain' },
  putSay: {
    zh: '您签的是条款，不付费用；有人出价前卡还在您手里。',
    en: 'You sign terms and pay nothing; the card stays with you until somebody bids.',
  },
  putKind: { zh: '怎么卖', en: 'How to sell' },
  putEnglishSay: {
    zh: '公开竞价，出价最高的人得到卡。低于起拍价不卖，所以起拍价就是保留价。',
    en: 'Open bids; the highest has it. Nothing is sold below the start, which is your reserve.',
  },
  notFree: { zh: '这张卡现在不能拍卖', en: 'This card cannot be put up now' },
  notFreeSay: {
    zh: '它已挂单、已拆分，或不在您的钱包里。请先在这张卡的页面撤下。',
    en: 'It is on offer, split, or not in your wallet. Take it down on its own page first.',
  },
  putDutchSay: {
    zh: '价格从起始价匀速降到最低价，第一个买的人得到卡。',
    en: 'The price falls in a straight line; whoever buys first has the card.',
  },
  putSealedSay: {
    zh: '出价互相看不见，截止后各自公开，出价最高的人得到卡。平台替您上链开拍，不能撤下。',
    en: 'Nobody sees the others’ bids; they are opened after the end, and the highest has the card. We open it on chain for you; it cannot be taken down.',
  },
  putLasts: { zh: '降价用时', en: 'Falls within' },
  putCommit: { zh: '出价时长', en: 'Bids for' },
  putReveal: { zh: '公开时长', en: 'Opened within' },
  putSecond: { zh: '按第二高价成交', en: 'The winner pays the second-highest bid' },
  putDutchBad: { zh: '最低价要低于起始价', en: 'It must end lower than it starts' },
  hours: { zh: '{n} 小时', en: '{n} hours' },
  putRuns: { zh: '竞价时长', en: 'How long it runs' },
  days: { zh: '{n} 天', en: '{n} days' },
  day: { zh: '1 天', en: '1 day' },
  hour: { zh: '1 小时', en: '1 hour' },
  putDo: { zh: '签名并公布', en: 'Sign and publish' },
  toAuction: { zh: '查看拍卖', en: 'See its auction' },

  what_AuctionTerms: {
    zh: '以这些条款拍卖您的卡：第一次出价后开始计时，到期时出价最高的人得到卡，不能反悔。',
    en: 'Auction your card on these terms: the clock starts with the first bid, and whoever leads at the end has the card. It cannot be undone once somebody bids.',
  },
  what_auctionBid: {
    zh: '出这个价。钱立即进合约保管；有人超过就退回，没有人超过，到期卡归您。',
    en: 'Bid this price. The money goes into the contract now; it comes back if somebody goes above it, or else the card is yours at the end.',
  },
  what_DutchTerms: {
    zh: '以不断下降的价格出售您的卡：在这段时间里，任何人付当时的价格即可成交，不能反悔。',
    en: 'Sell your card at a falling price: within this time whoever pays the price of the moment has it. It cannot be undone.',
  },
  what_SealedTerms: {
    zh: '以密封出价拍卖您的卡：截止后公开，出价最高的人得到卡。开拍后不能撤回。',
    en: 'Auction your card by sealed bids: opened after the end, the highest has it. It cannot be undone once opened.',
  },
  what_buyDutch: {
    zh: '按上链那一秒的价格买下这张卡，最多付这个金额。',
    en: 'Buy this card at the price of the second it is mined, at most this.',
  },
  what_commitBid: {
    zh: '提交密封出价并锁定押金。截止后要回来公开，否则扣两成押金。',
    en: 'Hand in a sealed bid and lock the bond. Come back to open it after the end, or a fifth of the bond is lost.',
  },
  what_revealBid: {
    zh: '公开您的出价。领先时这笔钱锁进合约，到期没人更高，卡归您。',
    en: 'Open your bid. If it leads, the sum is locked in the contract; if nobody is above it at the end, the card is yours.',
  },
  f_startPrice: { zh: '起始价', en: 'From' },
  f_endPrice: { zh: '最低价', en: 'Down to' },
  f_startsAt: { zh: '开始', en: 'Starts' },
  f_endsAt: { zh: '结束', en: 'Ends' },
  f_maxPrice: { zh: '最多付', en: 'At most' },
  f_commitUntil: { zh: '出价截止', en: 'Bids until' },
  f_revealUntil: { zh: '公开截止', en: 'Opened until' },
  f_secondPrice: { zh: '按第二高价成交', en: 'Second price is paid' },
  f_commitment: { zh: '密封出价的哈希', en: 'Hash of the sealed bid' },
  v_yes: { zh: '是', en: 'Yes' },
  v_no: { zh: '否', en: 'No' },
  f_reserve: { zh: '起拍价', en: 'Start and reserve' },
  f_duration: { zh: '时长', en: 'Runs for' },
  f_amount: { zh: '出价', en: 'Bid' },
});

export const useAuctionWords = textsHook('chain-auctions', auctionTexts);
export type AuctionWord = keyof typeof auctionTexts;

const WHATS = [
  ...(['AuctionTerms', 'DutchTerms', 'SealedTerms', 'auctionBid'] as const),
  ...(['buyDutch', 'commitBid', 'revealBid'] as const),
] as const;
/** What of all this a wallet is asked to sign. */
export type AuctionWhat = (typeof WHATS)[number];
export const isAuctionWhat = (what: string): what is AuctionWhat =>
  (WHATS as readonly string[]).includes(what);
const FIELDS = [
  ...(['reserve', 'duration', 'amount', 'startPrice', 'endPrice', 'startsAt', 'endsAt'] as const),
  ...(['maxPrice', 'commitUntil', 'revealUntil', 'secondPrice', 'commitment'] as const),
] as const;
export const isAuctionField = (name: string): name is (typeof FIELDS)[number] =>
  (FIELDS as readonly string[]).includes(name);
