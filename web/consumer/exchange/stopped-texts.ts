/** Words for a card that is stopped: why, what holds meanwhile, and what its holder can do. */
import { defineTexts, textsHook } from '../../kit/index.ts';

const stoppedTexts = defineTexts({
  title: { zh: '这张卡已冻结', en: 'This card is frozen' },
  whyStolen: { zh: '发卡方通知：这张卡已被挂失。', en: 'Its issuer reports it lost or stolen.' },
  whyUsed: { zh: '发卡方通知：这张卡已被使用。', en: 'Its issuer reports that it was used.' },
  whyBlocked: { zh: '发卡方通知：这张卡已被停用。', en: 'Its issuer has blocked it.' },
  whyLooked: {
    zh: '向发卡方复核时，这张卡未通过。',
    en: 'It did not pass when its issuer was asked again.',
  },
  whyDelivery: {
    zh: '交付的卡密与承诺不符，合约已将卡冻结。',
    en: 'The contract stopped it after a wrong delivery.',
  },
  whyNotAdmitted: {
    zh: '换发时买方的实名登记已失效，卡由合约冻结保管，等买方重新登记。',
    en: 'Its buyer’s real-name check had lapsed when it was re-issued; the contract keeps it until the buyer is checked anew.',
  },
  whySilent: {
    zh: '发卡方三十天没有答复是否换发，不知道哪个密码有效。',
    en: 'Its issuer has not said for thirty days whether it was re-issued, so nobody knows which PIN is good.',
  },
  whyLapsed: {
    zh: '发卡方没有续锁，锁定已到期。知道卡密的人都可能用掉它。',
    en: 'Its issuer did not renew its lock, which is over: whoever knows the PIN may spend it.',
  },
  ends: { zh: '发卡方不再续锁这张卡', en: 'Its issuer locks this card no longer' },
  endsWhen: { zh: '锁定到期：', en: 'Locked until ' },
  endsThen: {
    zh: '到期后，送卡上链的人也可能用掉它。',
    en: 'After that, whoever brought it may spend it too.',
  },
  endsWhat: {
    zh: '现在不能买卖。请在到期前销毁凭证、取出卡密并用掉；到期未销毁，卡会被冻结。',
    en: 'It cannot be traded now. Burn the token, fetch the secret and use the card before then; a card not burnt by then is frozen.',
  },
  meanwhile: {
    zh: '冻结期间不能挂单、出价、买卖或销毁。此前签下的挂单全部失效。',
    en: 'It cannot be offered, bought, sold or burnt meanwhile. What was signed for it before is void.',
  },
  mine: {
    zh: '请先向发卡方核实。发卡方撤回通知后，请联系客服；平台合规人员复核后解冻。',
    en: 'Ask its issuer first. Once it takes the report back, tell our support: compliance looks again and frees it.',
  },
  other: {
    zh: '您还没有付款，无需操作，可以看看其他卡。',
    en: 'You have paid nothing and need do nothing; look at other cards.',
  },
  soon: { zh: '正在写入链上，约需一分钟。', en: 'Being written to the chain, about a minute.' },
  freed: {
    zh: '已批准解冻，正在写入链上，约需一分钟。',
    en: 'It may go on; that is being written to the chain, about a minute.',
  },
});

export const useStopped = textsHook('exchange-stopped', stoppedTexts);
