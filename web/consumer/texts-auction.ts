/** Words for sellers who put a card to auction: which kinds there are, what happens, and what came of it. */
import { defineTexts } from '../kit/index.ts';

export const auctionTexts = defineTexts({
  auTitle: { zh: '拍卖', en: 'Auction' },
  auNewTitle: { zh: '放到拍卖', en: 'Put it to auction' },
  auMineTitle: { zh: '我的拍卖', en: 'My auctions' },
  auOffer: { zh: '不急？让回收商来竞价', en: 'In no hurry? Let recyclers compete' },
  auOfferSay: {
    zh: '您定底价，低于底价不卖。没人出到底价，卡退给您，或按您的选择卖给平台。',
    en: 'You set the reserve and never get less. If nobody reaches it, the card comes back, or the platform buys it if you say yes.',
  },
  auGo: { zh: '放到拍卖', en: 'Put it to auction' },
  auNoLock: {
    zh: '这种卡的发卡方不能锁卡，不能拍卖，可以按报价卖出。',
    en: 'Its issuer cannot lock this card, so it cannot be auctioned; you can sell it by quote.',
  },
  auKind: { zh: '怎么拍', en: 'Which kind' },
  auSuggested: { zh: '建议', en: 'suggested' },
  auKind_batch: { zh: '统一价集合竞价', en: 'Batch at one price' },
  auKind_english: { zh: '公开加价', en: 'Open bidding' },
  auKind_second_price: { zh: '密封出价，付第二高的价', en: 'Sealed bids, second price' },
  auKind_first_price: { zh: '密封出价，付自己的价', en: 'Sealed bids, own price' },
  auKind_dutch: { zh: '降价拍卖', en: 'Falling price' },
  auSay_batch: {
    zh: '每五分钟和回收商的挂单撮合一次，最快。现在有 {n} 个价位在收这种卡。',
    en: 'Meets the bids of recyclers every five minutes; the quickest. {n} prices stand for this card now.',
  },
  auSay_english: {
    zh: '回收商一路加价，最后时刻有人出价会自动延时，卖相好的卡最合适。',
    en: 'Recyclers outbid each other, and late bids move the end. Best for a card that many want.',
  },
  auSay_second_price: {
    zh: '各家只出一次价，互相看不到；出价高的人不吃亏，所以敢出高价。',
    en: 'One bid each, unseen. The winner pays the second price, so nobody has to hold back.',
  },
  auSay_first_price: {
    zh: '各家只出一次价，互相看不到；中标的付自己出的价。',
    en: 'One bid each, unseen. The winner pays its own price.',
  },
  auSay_dutch: {
    zh: '从高价往下降，谁先按下谁买走，马上付款。',
    en: 'The price falls from above; the first to say yes buys and pays at once.',
  },
  auReserve: { zh: '底价（元）', en: 'Reserve (yuan)' },
  auReserveHint: {
    zh: '低于这个价不卖，所有人都看得到。服务费照报价收取。',
    en: 'It is never sold for less; everybody sees it. The fee is the one of the quote.',
  },
  auReserveWrong: { zh: '要在 0 到面值 {face} 之间', en: 'Above 0 and up to the face of {face}' },
  auStart: { zh: '从多少开始降（元）', en: 'Begin at (yuan)' },
  auStartHint: {
    zh: '到结束时正好降到底价，每分钟降一次',
    en: 'It falls each minute and reaches the reserve at the end',
  },
  auStartWrong: {
    zh: '要高于底价，不超过面值',
    en: 'Above the reserve and not above the face value',
  },
  auHours: { zh: '拍多久', en: 'For how long' },
  auHoursN: { zh: '{n} 小时', en: '{n} h' },
  auDaysN: { zh: '{n} 天', en: '{n} days' },
  auHappens: { zh: '接下来会发生什么', en: 'What will happen' },
  auHappens1: {
    zh: '您填入卡号，平台加密保管，发卡方核验并锁定，约一分钟；不通过就退回。',
    en: 'You enter the card; it is sealed here, and its issuer confirms and locks it in about a minute, or it comes back.',
  },
  auHappens2: {
    zh: '一分钟后开拍。第一个有效出价之前，您随时可以撤回。',
    en: 'It opens after a minute. Until the first valid bid you may withdraw it.',
  },
  auHappens3: {
    zh: '有人达到底价就成交，必须付款；不付款的，它的保证金（面值的 5%）归您，由下一位接手。',
    en: 'Whoever reaches the reserve must pay; who does not loses its bond, 5% of the face, to you, and the next one wins.',
  },
  auHappens3b: {
    zh: '达到底价就按统一价成交；买方没付款，卡进入下一轮。',
    en: 'It sells at the one price once that reaches the reserve; if its buyer does not pay, it joins the next round.',
  },
  auHappens4: {
    zh: '没成交：平台会给出自营价，您回答卖或不卖；不回答，卡退给您。绝不悄悄卖掉。',
    en: 'Unsold: the platform names its own price and you say yes or no; without an answer the card comes back. Nothing is sold in silence.',
  },
  auHappens5: {
    zh: '成交后扣服务费，其余按 T+1 打到您的收款账户。',
    en: 'Once sold, the fee is taken and the rest reaches your account on the next working day.',
  },
  auPut: { zh: '上架拍卖', en: 'Put it to auction' },
  // watch
  auState: { zh: '进展', en: 'Where it stands' },
  auPriceNow: { zh: '现价', en: 'Price now' },
  auSold: { zh: '成交价', en: 'Sold for' },
  auNobody: { zh: '还没有人出价', en: 'Nobody has bid yet' },
  auSealed: { zh: '{n} 家已密封出价，开标后公布', en: '{n} sealed bids, shown once opened' },
  auWaiting: { zh: '等待下一轮撮合', en: 'Waiting for the next round' },
  auBids: { zh: '{bids} 次出价，{bidders} 家', en: '{bids} bids by {bidders}' },
  auFaceIs: { zh: '面值 {face} · 底价 {reserve}', en: 'Face {face} · reserve {reserve}' },
  auEndsIn: { zh: '距结束', en: 'Ends in' },
  auOpensIn: { zh: '距开拍', en: 'Begins in' },
  auRevealIn: { zh: '各家开标', en: 'Bids are opened' },
  auPayIn: { zh: '等买方付款', en: 'Waiting for the money' },
  auNextRound: { zh: '下一轮', en: 'Next round' },
  auLog: { zh: '出价记录', en: 'The log' },
  auBidder: { zh: '{letter} 家', en: 'Bidder {letter}' },
  auWithdraw: { zh: '撤回拍卖', en: 'Withdraw it' },
  auWithdrawSay: {
    zh: '还没有人出价，可以撤回。卡解锁后仍归您，可以再卖。',
    en: 'Nobody has bid, so you may. The card is unlocked and stays yours.',
  },
  auWithdrawn: { zh: '已撤回', en: 'Withdrawn' },
  auNoWithdraw: {
    zh: '已有人出价，不能撤回：出价的人占用了保证金。',
    en: 'There are bids, so it cannot be withdrawn: bidders have put up their bonds.',
  },
  auOwnPrice: { zh: '没有成交。平台自营愿意收', en: 'Unsold. The platform itself would buy it' },
  auOwnPriceSay: {
    zh: '价格 {price}，扣服务费后到手如下。您来决定；到时不回答，卡退给您。',
    en: 'At {price}; below is what you are paid after the fee. It is your choice; without an answer the card comes back.',
  },
  auOwnYes: { zh: '卖给平台，到手 {net}', en: 'Sell it and receive {net}' },
  auOwnYesSay: {
    zh: '卖出后不能反悔，{net} 将打到您的收款账户。',
    en: 'For good: {net} goes to your account.',
  },
  auOwnNo: { zh: '不卖，把卡退给我', en: 'No, give the card back' },
  auAnswerIn: { zh: '请在此之前答复', en: 'Answer within' },
  auPaid: { zh: '到手 {net}，打往您的收款账户', en: '{net} is on its way to your account' },
  auPaidHouse: { zh: '您选择卖给平台自营', en: 'You sold it to the platform' },
  auBonds: {
    zh: '另有 {bond} 来自没有开标或付款的出价者的保证金',
    en: 'And {bond} from bonds of bidders who did not open or pay',
  },
  auDone_settled: { zh: '已成交', en: 'Sold' },
  auDone_unsold: { zh: '没有成交，卡已退回给您', en: 'Unsold: the card is yours again' },
  auDone_withdrawn: { zh: '您已撤回，卡归您', en: 'Withdrawn: the card is yours' },
  auDone_failed: {
    zh: '发卡方没有确认这张卡，未能开拍，卡退回给您',
    en: 'Its issuer did not confirm the card, so it was not auctioned and is yours',
  },
  auChecking: { zh: '发卡方正在核验', en: 'Its issuer is checking it' },
  auProof: { zh: '结果可以核对', en: 'The outcome can be checked' },
  auProofSay: {
    zh: '输入与结果都在公开记录里，刚刚重算：结果一致。',
    en: 'Inputs and outcome stand in the public record; cleared again just now: the same.',
  },
  auProofBad: {
    zh: '重算结果与公布的不一致，请联系客服。',
    en: 'Clearing it again gives another result; please contact support.',
  },
  auNone: { zh: '还没有拍卖', en: 'No auction yet' },
  auNoneSay: {
    zh: '先估价，再选择“放到拍卖”。',
    en: 'Get a quote first, then choose to put it to auction.',
  },
});
