/** The reply to the police or whoever sent a notice: what of its cards was found and stopped. No name and no number of a person. */
import { chinaDay } from '#platform';
import type { NoticeShown } from './routes.ts';

const HOW = {
  here: '在本平台，已停止交易',
  gone: '曾在本平台，卡已退回或销毁副本',
  offered: '有人提交，已拒收',
} as const;
const KIND: Readonly<Record<string, string>> = {
  quote: '报价',
  order: '订单',
  listing: '挂单',
  auction: '竞价',
  lot: '批次',
  token: '链上凭证',
  dispute: '争议',
};

/** Pure. In the language of those who get it; people stand in it by our number and are named on a formal request. */
export function replyText(
  of: NoticeShown,
  { at, nameOf }: { at: Date; nameOf: (sku: string) => string },
): string {
  const lines = [
    `致：${of.sender}`,
    `事由：关于 ${of.number} 的办理回执`,
    `回执编号：${of.id}`,
    `出具日期：${chinaDay(at)}`,
    '',
    `贵方来函于 ${of.receivedOn} 收到，涉及卡券 ${of.cards} 张。自 ${moment(of.enteredAt)} 登记时起，所列卡券在本平台停止挂牌、报价、竞价、上链、查看卡密和付款；此后提交的同号卡券一律拒收并留存记录。`,
    '',
    of.found.length === 0 ? '截至出具之日，未发现所列卡券。' : '发现情况：',
    ...of.found.map(
      (one, index) =>
        `${index + 1}. ${nameOf(one.sku)}，尾号 ${one.last4}：${HOW[one.how]}；提交人编号 ${one.personId}；时间 ${moment(one.at)}` +
        one.promises
          .map(({ kind, ref, since }) => `\n   ${KIND[kind] ?? kind} ${ref}，自 ${moment(since)}`)
          .join(''),
    ),
    '',
    '相关卡券的密文副本、交易和登录记录已保全，不随用户注销或期限届满而删除。提交人的身份信息凭正式调取文书另行提供。',
  ];
  return lines.join('\n');
}

const CHINA = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'long',
  timeStyle: 'short',
});
const moment = (instant: string): string => CHINA.format(new Date(instant));
