/** Words of split cards. */
import { defineTexts, textsHook } from '../../kit/index.ts';

export const fractionTexts = defineTexts({
  title: { zh: '份额', en: 'Shares' },
  titleMine: { zh: '我的份额', en: 'My shares' },
  state_split: { zh: '已拆分', en: 'Split' },
  state_bought_out: { zh: '已买断，可领款', en: 'Bought out, cash can be taken' },
  state_united: { zh: '已合并', en: 'United' },
  floor: { zh: '整卡价', en: 'Floor' },
  supply: { zh: '总份数', en: 'Shares in all' },
  sharesN: { zh: '{n} 份', en: '{n} shares' },
  holders: { zh: '谁持有', en: 'Who holds them' },
  me: { zh: '我', en: 'Me' },
  proceeds: { zh: '可分配价款', en: 'To be divided' },
  cashed: { zh: '已领 {sum}', en: '{sum} taken' },
  wallet: { zh: '钱包地址', en: 'Wallet address' },

  split: { zh: '拆成份额', en: 'Split into shares' },
  splitSay: {
    zh: '拆分后任何实名用户都可以按整卡价买断；买断款扣除手续费后按份额分配。',
    en: 'Anybody with a real-name check may then buy the whole card at the floor; the shares divide what is paid, fee off.',
  },
  splitCount: { zh: '份数', en: 'How many shares' },
  splitDo: { zh: '签名拆分', en: 'Sign and split' },
  working: { zh: '正在上链…', en: 'Going on chain…' },
  toShares: { zh: '查看份额', en: 'See its shares' },

  give: { zh: '转让份额', en: 'Pass shares on' },
  giveSay: {
    zh: '收款请与对方另行约定：合约只转份额，不代收款。对方要先绑定钱包并完成实名登记。',
    en: 'Agree on the money apart: the contract moves shares only. The other side needs a bound wallet with its real-name check on the chain.',
  },
  giveTo: { zh: '对方的钱包地址', en: 'The other wallet’s address' },
  giveCount: { zh: '份数', en: 'How many' },
  giveDo: { zh: '签名转让', en: 'Sign and pass on' },
  buyOut: { zh: '买断整张卡', en: 'Buy the whole card' },
  buyOutSay: {
    zh: '签两次：授权扣款、买断。整张卡归您，份额持有人随后自行领款。',
    en: 'Two signatures: the permit and the buy-out. The card is yours at once; the holders then take their parts.',
  },
  unite: { zh: '合并份额，取回整卡', en: 'Unite the shares and take the card back' },
  cash: { zh: '领取 {sum}', en: 'Take {sum}' },
  cashSay: {
    zh: '按份额比例分配，不足一分的舍去，最后一位领取余数。',
    en: 'By shares, rounded down to the fen; the last one takes the remainder.',
  },
});

export const useFractionWords = textsHook('fraction', fractionTexts);
