/** Words of sales by re-issue: what it is, where one stands, what happens next. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const reissueTexts = defineTexts({
  mode: { zh: '卡密怎么交给买方', en: 'How the buyer gets the secret' },
  mode_reissue: { zh: '发卡方换发新密码', en: 'The issuer gives a new PIN' },
  mode_vault: { zh: '平台保险库交付', en: 'The platform’s vault' },
  modeSay_reissue: {
    zh: '买方付款后，钱先锁在合约里。发卡方给这张卡换一个新密码，只有买方能取；旧密码作废，钱付给您，通常几分钟。三天内没有换成，钱退回买方，卡还是您的。',
    en: 'The buyer’s money waits in the contract. The issuer gives the card a new PIN that only the buyer can fetch, the old one is dead, and you are paid, mostly within minutes. If that fails for three days the money goes back and the card stays yours.',
  },
  modeSay_vault: {
    zh: '一成交就付款过户。卡密不换，由平台保险库交给买方。',
    en: 'Paid and handed over at once. The secret stays as it is, and the vault gives it to the buyer.',
  },
  modeWhy: {
    zh: '建议换发：无论谁知道旧密码，换发后都不能再用，买方更放心。',
    en: 'Better: whoever knew the old PIN can use it no more, so buyers need not wonder.',
  },
  buySay: {
    zh: '要签两次：一次授权扣款，一次出价。价款先锁在合约里，发卡方把新密码备好才付给卖方；三天内没有换成，全额退回您的钱包。平台代发，您不付手续费。',
    en: 'Two signatures: one lets the contract take the price, one is your bid. The price waits in the contract until the issuer has made your new PIN; if it has not within three days, all of it comes back to your wallet. We send them; you pay no gas.',
  },
  steps: { zh: '这笔交易走到哪了', en: 'Where this sale stands' },
  stepPaid: { zh: '价款锁进合约', en: 'Price locked in the contract' },
  stepRenewed: { zh: '发卡方换发新密码', en: 'New PIN from the issuer' },
  stepSold: { zh: '付款给卖方，卡过户给买方', en: 'Seller paid, card to the buyer' },
  stepBack: { zh: '价款退回买方', en: 'Price back to the buyer' },
  until: { zh: '最迟退款时间', en: 'Paid back, if not done, after' },

  buyer_asking: {
    zh: '正在请发卡方换发新密码，通常几分钟。最迟到上面的时间，没有换成就全额退款，您不用做什么。',
    en: 'The issuer is asked for your new PIN, mostly a matter of minutes. If it has not come by the time above, all your money goes back; you need do nothing.',
  },
  seller_asking: {
    zh: '买方已付款，钱锁在合约里。正在请发卡方换发；请不要再使用这张卡，换发后旧密码作废。',
    en: 'The buyer has paid and the money waits in the contract. The issuer is asked; do not use the card any more, its old PIN will be dead.',
  },
  buyer_confirming: {
    zh: '新密码已备好并封存在保险库，正在链上付款过户。',
    en: 'Your new PIN is in the vault; payment and card are being moved on the chain.',
  },
  seller_confirming: {
    zh: '发卡方已换发，旧密码已作废，正在链上付款给您。',
    en: 'Re-issued: the old PIN is dead, and you are being paid on the chain.',
  },
  buyer_waiting: {
    zh: '这次没有换发成。价款在合约里，到上面的时间自动全额退回您的钱包，您不用做什么。',
    en: 'It could not be re-issued. Your money is in the contract and goes back to your wallet by itself at the time above.',
  },
  seller_waiting: {
    zh: '这次没有换发成。到上面的时间价款退回买方，卡还是您的，之后可以重新挂单。',
    en: 'It could not be re-issued. At the time above the buyer is paid back and the card is yours as before; you can offer it anew then.',
  },
  buyer_refunding: {
    zh: '期限已到，正在退款到您的钱包。',
    en: 'The time is over; you are being paid back.',
  },
  seller_refunding: {
    zh: '期限已到，正在退款给买方，卡随后回到您名下。',
    en: 'The time is over; the buyer is being paid back, then the card is free again.',
  },
  buyer_sold: {
    zh: '已成交，卡是您的了，新密码封存在保险库。要用卡时，到卡的页面销毁凭证，再取卡号和新密码（只显示一次）。',
    en: 'Done: the card is yours, its new PIN in the vault. To spend it, burn the token on the card’s page and fetch number and PIN, shown once.',
  },
  seller_sold: {
    zh: '已成交，价款已到您的钱包。旧密码已作废。',
    en: 'Done: the money is in your wallet. The old PIN is dead.',
  },
  buyer_kept: {
    zh: '发卡方已换发，卖方已收款，但您的链上实名登记已失效，卡由合约冻结保管。请联系客服，重新登记后把卡交给您。',
    en: 'It was re-issued and the seller paid, but your real-name check on the chain had lapsed, so the contract keeps the card frozen. Tell our support; once you are checked anew it is handed to you.',
  },
  seller_kept: { zh: '已成交，价款已到您的钱包。', en: 'Done: the money is in your wallet.' },
  buyer_refunded: {
    zh: '换发未成，价款已全额退回您的钱包。',
    en: 'The re-issue failed; all of your money is back in your wallet.',
  },
  seller_refunded: {
    zh: '换发未成，价款已退回买方，卡还是您的。',
    en: 'The re-issue failed; the buyer is paid back and the card is yours.',
  },
  seller_renewed: {
    zh: '不过发卡方已经换了新密码，您手里的旧密码不能用了。新密码封存在保险库，归您所有：可以重新挂单，也可以在卡的页面销毁凭证后取出。',
    en: 'The issuer did change the PIN, though: the one you know is dead. The new one is in the vault and yours: offer the card anew, or burn its token on its page and fetch it.',
  },
  buyer_resolving: {
    zh: '价款已结清，您不用做什么。',
    en: 'The money has moved; you need do nothing.',
  },
  seller_resolving: {
    zh: '价款已退回买方，卡是您的。但发卡方一直没有答复换没换密码，所以现在还不能卖，也不能取卡密；我们每十分钟询问一次，答复后即可。',
    en: 'The buyer is paid back and the card is yours. The issuer has not said whether it changed the PIN, so the card can be neither sold nor opened yet; we ask every ten minutes.',
  },
  resolvingSold: {
    zh: '卡已过户给买方。新密码正在等发卡方送来，收到后即可取卡。',
    en: 'The card is the buyer’s. Its new PIN has yet to come from the issuer, and can be fetched then.',
  },
  buyer_stuck: {
    zh: '退款没能上链，平台已经报警处理。钱仍锁在合约里，没有丢失。',
    en: 'The refund did not get to the chain, and we were told. The money is safe in the contract.',
  },
  seller_stuck: {
    zh: '退款没能上链，平台已经报警处理。卡仍在合约里锁定。',
    en: 'The refund did not get to the chain, and we were told. The card is still locked.',
  },
  unresolvedSold: {
    zh: '已成交，但发卡方一直没有说明新密码，卡已冻结。请联系客服，由合规人员向发卡方核实。',
    en: 'Sold, but the issuer has not told which PIN is good, and the card is frozen. Tell our support; compliance asks the issuer.',
  },
  buyer_unresolved: {
    zh: '价款已全额退回您的钱包。',
    en: 'All of your money is back in your wallet.',
  },
  seller_unresolved: {
    zh: '发卡方三十天没有答复，卡已冻结。请联系客服，由合规人员向发卡方核实。',
    en: 'The issuer has not answered for thirty days, and the card is frozen. Tell our support; compliance asks the issuer.',
  },
  buyer_shelved: {
    zh: '价款已全额退回您的钱包。',
    en: 'All of your money is back in your wallet.',
  },
  seller_shelved: {
    zh: '发卡方三年没有答复，已归档。卡仍冻结，请联系客服。',
    en: 'The issuer has not answered for three years. The card stays frozen; tell our support.',
  },
  because: { zh: '原因', en: 'Why' },
  why_refused: { zh: '发卡方没有同意换发', en: 'The issuer refused' },
  why_silent: { zh: '发卡方一直没有答复', en: 'The issuer did not answer' },
  why_word: { zh: '发卡方的签字无效', en: 'The issuer’s signature was no good' },
  why_short: { zh: '卡内余额不足', en: 'There was less on the card than it says' },
  why_stopped: { zh: '这张卡被冻结了', en: 'The card was frozen' },
  why_chain: { zh: '合约没有接受', en: 'The contract did not take it' },
  toCard: { zh: '查看这张卡', en: 'See the card' },
});

export const useReissueWords = textsHook('reissue', reissueTexts);
export type ReissueWord = keyof typeof reissueTexts;
