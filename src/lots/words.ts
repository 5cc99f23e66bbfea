/** What people are told about rows and lots: the fault of a row with its cure, and why a lot was sent back or ended. */
import type { RowFault } from './file/judge.ts';

export interface Said {
  readonly zh: string;
  readonly en: string;
}
interface FaultWords {
  readonly said: Said;
  readonly cure: Said;
}
const words = (said: readonly [string, string], cure: readonly [string, string]): FaultWords => ({
  said: { zh: said[0], en: said[1] },
  cure: { zh: cure[0], en: cure[1] },
});

export const FAULTS: Readonly<Record<RowFault, FaultWords>> = {
  scientific: words(
    [
      '卡号或卡密被表格改成了数字，后几位已经丢失',
      'The spreadsheet turned this into a number and lost its last digits',
    ],
    [
      '请把整列设为“文本”格式，再从原始数据重新粘贴；用模板最稳妥',
      'Format the column as text and paste the original again; the template is made for it',
    ],
  ),
  formula: words(
    ['单元格里是公式', 'The cell holds a formula'],
    ['请“选择性粘贴 → 数值”后再上传', 'Paste it as values and upload again'],
  ),
  broken_cell: words(
    ['单元格内容损坏', 'The cell is broken'],
    ['请重新填写该单元格', 'Fill the cell in again'],
  ),
  extra_cells: words(
    ['列数比表头多', 'There are more cells than heads'],
    ['请检查是否多了分隔符或错列', 'Look for a separator too many or a shifted row'],
  ),
  product_missing: words(
    ['没有填商品', 'No product is named'],
    ['请填商品编码或完整名称', 'Give the code or the full name of the product'],
  ),
  product_unknown: words(
    ['平台没有这个商品', 'The house does not know this product'],
    ['请在商品目录中查找编码', 'Look the code up in the catalogue'],
  ),
  number_missing: words(
    ['没有填卡号', 'No card number is given'],
    ['请补上卡号', 'Fill the number in'],
  ),
  number_wrong: words(
    ['卡号不符合该商品的规则', 'The number does not fit this product'],
    [
      '请核对位数、开头和校验位，以及是否选错商品',
      'Check length, beginning, check digit and the product',
    ],
  ),
  bank_card: words(
    ['这像是银行卡号，不能收', 'This looks like a bank card, which we never take'],
    ['请删除该行', 'Remove the row'],
  ),
  pin_wrong: words(
    ['卡密缺失或不符合规则', 'The PIN is missing or does not fit'],
    ['请核对卡密位数和字符', 'Check its length and characters'],
  ),
  not_transferable: words(
    ['该商品不能转让', 'This product cannot be transferred'],
    ['请删除该行', 'Remove the row'],
  ),
  face_wrong: words(
    ['面值不是有效金额', 'The face is no amount'],
    ['请填元，例如 100 或 100.00', 'Give yuan, such as 100 or 100.00'],
  ),
  face_not_offered: words(
    ['该商品没有这个面值', 'The product is not sold with this face'],
    ['请核对面值', 'Check the face'],
  ),
  not_accepted: words(
    ['按规定不能收这种卡', 'The rules do not allow this card'],
    ['请删除该行', 'Remove the row'],
  ),
  expires_wrong: words(
    ['到期日不是有效日期', 'The expiry is no day'],
    ['请写成 2027-06-30', 'Write it as 2027-06-30'],
  ),
  expired: words(['已过期', 'It has expired'], ['请删除该行', 'Remove the row']),
  double_in_file: words(
    ['与本文件前面的卡重复', 'The same card stands further up in this file'],
    ['请删除重复行', 'Remove the double'],
  ),
  already_here: words(
    ['这张卡已经在平台上', 'This card is with the house already'],
    ['如果是误传请删除；否则请先在原处撤回', 'Remove it, or withdraw it where it stands first'],
  ),
  card_stopped: words(
    ['这张卡暂时不能交易', 'This card cannot be traded for the moment'],
    ['请删除该行；如有疑问请联系客服', 'Remove the row; support can help'],
  ),
};

export const REASON: Readonly<Record<string, Said>> = {
  paper_unreadable: {
    zh: '材料看不清，请重新上传',
    en: 'The papers cannot be read; add them again',
  },
  paper_wrong: { zh: '材料与批次不符', en: 'The papers do not fit the lot' },
  title_unproven: { zh: '来源或授权未能证明', en: 'Title or authority is not proven' },
  sample_failed: { zh: '抽检未通过', en: 'The sample failed' },
  too_many_bad: { zh: '坏卡过多，已停止验卡', en: 'Too many cards are bad; the check was stopped' },
  no_good_card: { zh: '没有一张卡通过验证', en: 'No card passed the check' },
};
export const UNKNOWN: Said = { zh: '其他原因', en: 'Another reason' };
