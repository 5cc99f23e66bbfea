/** Words of cards on the chain that are stopped. */
import { defineTexts } from '../../kit/words.ts';

export const frozenTexts = defineTexts({
  'nav.frozen': { zh: '冻结的卡', en: 'Frozen cards' },
  'frozen.title': { zh: '冻结的卡', en: 'Frozen cards' },
  'frozen.lead': {
    zh: '发卡方通知、复核未过或交付不符的链上卡；合规核实后解冻',
    en: 'Stopped by their issuer, by a look, or after a wrong delivery; compliance frees them',
  },
  'frozen.off': { zh: '没有开通链上交易', en: 'There is no exchange here' },
  'frozen.offNext': {
    zh: '开通沙盒或国际版后，冻结的卡列在这里',
    en: 'In the profiles SANDBOX and INTL, frozen cards are listed here',
  },
  'frozen.empty': { zh: '没有冻结的卡', en: 'No card is frozen' },
  'frozen.emptyNext': {
    zh: '发卡方一通知，卡立即冻结并列在这里',
    en: 'As soon as an issuer tells of one, it is frozen and listed here',
  },
  'reissue.title': { zh: '换发异常', en: 'Re-issues gone wrong' },
  'reissue.lead': {
    zh: '发卡方的签字不能用、没有答复，或者钱和卡没有到位的换发交易。先找发卡方核实。',
    en: 'Sales by re-issue whose issuer signed wrongly or does not answer, or whose money or card is not where it belongs. Ask the issuer first.',
  },
  'reissue.price': { zh: '成交价', en: 'Price' },
  'reissue.what': { zh: '问题', en: 'What' },
  'reissue.state': { zh: '状态', en: 'State' },
  'reissue.until': { zh: '退款期限', en: 'Paid back after' },
  'reissue.ask': { zh: '再问发卡方', en: 'Ask the issuer again' },
  'reissue.asked': {
    zh: '正在询问发卡方，三十天内每十分钟问一次',
    en: 'The issuer is being asked, every ten minutes for thirty days',
  },
  'reissue.hand': { zh: '交付给买方', en: 'Hand over to the buyer' },
  'reissue.handSay': {
    zh: '卖方已收款，卡由合约冻结保管。买方重新通过实名登记后，凭案件把卡强制过户给买方并解冻。公共链上要先公示两天。',
    en: 'The seller was paid and the contract keeps the card, frozen. Once the buyer is checked anew, it is transferred to the buyer under a case and freed. On a public chain this is announced two days ahead.',
  },
  'reissue.handWhy': { zh: '交付理由', en: 'Why it is handed over' },
  'reissue.handed': {
    zh: '已立案，正在链上过户给买方',
    en: 'Case opened; being transferred to the buyer on chain',
  },
  'reissue.unsigned': {
    zh: '签字不是发卡方在链上的密钥',
    en: 'Not signed by the issuer’s key on the chain',
  },
  'reissue.other': {
    zh: '签字的内容不是送来的新密码',
    en: 'Signed for another secret than it sent',
  },
  'reissue.short': { zh: '换发后余额不足', en: 'Less on the card than it says' },
  'frozen.why': { zh: '原因', en: 'Why' },
  'frozen.stolen': { zh: '发卡方：已挂失', en: 'Issuer: lost or stolen' },
  'frozen.used': { zh: '发卡方：已使用', en: 'Issuer: used' },
  'frozen.blocked': { zh: '发卡方：已停用', en: 'Issuer: blocked' },
  'frozen.delivery': { zh: '交付的卡密不符', en: 'Wrong delivery' },
  'frozen.notAdmitted': {
    zh: '换发成交时买方实名已失效，合约保管',
    en: 'Re-issued, its buyer not admitted any more: with the contract',
  },
  'frozen.silent': {
    zh: '发卡方三十天未答复是否换发',
    en: 'Its issuer never said whether it was re-issued',
  },
  'frozen.lapsed': {
    zh: '发卡方没有续锁，锁定已到期',
    en: 'Its issuer did not renew its lock',
  },
  'frozen.case': { zh: '案件哈希', en: 'Case hash' },
  'frozen.there': { zh: '链上已冻结', en: 'Frozen on chain' },
  'frozen.thaw': { zh: '解冻', en: 'Free it' },
  'frozen.thawSay': {
    zh: '解冻后持有人可以照常买卖。系统随即再问一次发卡方，若仍有问题，会自动重新冻结。',
    en: 'Its holder may trade it again. Its issuer is asked at once; a card that is still bad is frozen anew.',
  },
  'frozen.reason': { zh: '解冻理由', en: 'Why it is freed' },
  'frozen.reasonHint': {
    zh: '10 至 400 字，写明依据；会存证，请勿写个人信息',
    en: '10 to 400 characters; goes on record, so name no person',
  },
  'frozen.thawed': { zh: '已批准解冻，正在写入链上', en: 'Freed; being written to the chain' },
});
