/** Words of what comes from a shop's counter: the price for the card that lies there, and the check of a receipt. */
import { defineTexts } from '../kit/index.ts';

export const counterTexts = defineTexts({
  visitTitle: { zh: '柜台报价', en: 'Offer at the counter' },
  visitShop: { zh: '{shop} 代收，请核对后确认', en: 'Taken in by {shop}; check it, then answer' },
  visitAccount: {
    zh: '请用在柜台登记的手机号 {phone} 登录',
    en: 'Sign in with the number given at the counter, {phone}',
  },
  visitYes: { zh: '同意卖出，到手 {net}', en: 'Yes, sell for {net}' },
  visitNo: { zh: '不卖了，退卡', en: 'No, give me the card back' },
  visitNext: {
    zh: '确认后自动验卡，通过后货款打到您本人的账户。店员不付现金。',
    en: 'The card is then checked and the money goes to your own account. The shop pays no cash.',
  },
  visitAgreed: { zh: '已同意', en: 'You said yes' },
  visitAgreedSay: {
    zh: '正在验卡，可在订单里查看进度。请向店员索取凭证。',
    en: 'The card is being checked; follow it in your orders. Ask for a receipt.',
  },
  visitEnded: { zh: '这次没有成交', en: 'It was not sold' },
  visitEndedSay: { zh: '请向店员取回您的卡。', en: 'Please take your card back.' },
  visitOrder: { zh: '查看订单', en: 'See the order' },
  receiptTitle: { zh: '查验凭证', en: 'Check a receipt' },
  receiptGood: { zh: '凭证真实', en: 'The receipt is genuine' },
  receiptGoodSay: {
    zh: '由 {shop} 开出，与平台存证一致。',
    en: 'Given by {shop}; it agrees with the record of this house.',
  },
  receiptDiffers: { zh: '与存证不一致', en: 'It differs from the record' },
  receiptDiffersSay: { zh: '请联系客服核实。', en: 'Please contact us.' },
  receiptOpen: { zh: '已收件，尚未成交', en: 'Taken in, not sold' },
  receiptOpenSay: {
    zh: '卖家还没有同意价格，卡仍归卖家。',
    en: 'The seller has not said yes to a price; the card is still theirs.',
  },
  receiptEnded: { zh: '没有成交', en: 'Not sold' },
  receiptEndedSay: { zh: '卡应已退还卖家。', en: 'The card should be back with its seller.' },
  receiptUnseen: {
    zh: '号码真实，卡还没有送达平台',
    en: 'A genuine number; its card has not arrived',
  },
  receiptUnseenSay: {
    zh: '收卡机可能还在离线。联网后再查。',
    en: 'The till may still be offline. Look again later.',
  },
  receiptShop: { zh: '店铺', en: 'Shop' },
  receiptCard: { zh: '卡种', en: 'Product' },
  receiptFace: { zh: '面值', en: 'Face value' },
  receiptNet: { zh: '卖家到手', en: 'The seller receives' },
  receiptTaken: { zh: '收卡时间', en: 'Taken' },
  receiptAgreed: { zh: '成交时间', en: 'Sold' },
  receiptProgress: { zh: '进度', en: 'How far it is' },
  receiptRecord: { zh: '存证', en: 'Record' },
  receiptSeq: { zh: '第 {n} 条', en: 'Entry {n}' },
  receiptSeqSoon: { zh: '正在入链', en: 'Being chained' },
  receiptNumber: { zh: '凭证号', en: 'Receipt number' },
  receiptPrivate: {
    zh: '这里不显示任何人的身份、卡号或账户。',
    en: 'Nobody’s identity, card number or account is shown here.',
  },
  progChecking: { zh: '验卡中', en: 'Being checked' },
  progSecured: { zh: '验卡通过，货款已锁定', en: 'Checked, the money is secured' },
  progCredited: { zh: '已入账，等待打款', en: 'Credited, payout on its way' },
  progPaid: { zh: '已打款', en: 'Paid' },
  progReview: { zh: '核查中', en: 'Under review' },
  progNotBought: { zh: '未通过核验，应退卡', en: 'Not accepted; the card goes back' },
});
