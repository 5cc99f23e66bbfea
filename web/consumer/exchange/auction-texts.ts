/** Words of auctions on the chain, and what a signature about one says. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const auctionTexts = defineTexts({
  title: { zh: '链上拍卖', en: 'Auctions on chain' },
  titleMine: { zh: '我的链上拍卖', en: 'My auctions on chain' },
  kind_english: { zh: '英式拍卖', en: 'English auction' },
  kind_dutch: { zh: '荷兰式降价', en: 'Falling price' },
  kind_sealed: { zh: '密封拍卖', en: 'Sealed auction' },
  state_offered: { zh: '等第一次出价', en: 'Waiting for a first bid' },
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
  f_reserve: { zh: '起拍价', en: 'Start and reserve' },
  f_duration: { zh: '时长', en: 'Runs for' },
  f_amount: { zh: '出价', en: 'Bid' },
});

export const useAuctionWords = textsHook('chain-auctions', auctionTexts);
export type AuctionWord = keyof typeof auctionTexts;

const WHATS = ['AuctionTerms', 'auctionBid'] as const;
/** What of all this a wallet is asked to sign. */
export type AuctionWhat = (typeof WHATS)[number];
export const isAuctionWhat = (what: string): what is AuctionWhat =>
  (WHATS as readonly string[]).includes(what);
const FIELDS = ['reserve', 'duration', 'amount'] as const;
export const isAuctionField = (name: string): name is (typeof FIELDS)[number] =>
  (FIELDS as readonly string[]).includes(name);
