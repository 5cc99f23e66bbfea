/** The words of the design system, zh first. */
import { defineTexts } from './words.ts';

export const kitTexts = defineTexts({
  language: { zh: '语言', en: 'Language' },
  toDark: { zh: '切换到深色', en: 'Switch to dark' },
  toLight: { zh: '切换到浅色', en: 'Switch to light' },
  discount: { zh: '{value} 折', en: '{value}% of face' },
  close: { zh: '关闭', en: 'Close' },
  cancel: { zh: '取消', en: 'Cancel' },
  back: { zh: '返回', en: 'Back' },
  retry: { zh: '重试', en: 'Try again' },
  loading: { zh: '加载中', en: 'Loading' },
  details: { zh: '详情编号', en: 'Reference' },
  networkTitle: { zh: '连不上服务器', en: 'We cannot reach the server' },
  networkRemedy: {
    zh: '已填写的内容都还在。请检查网络后重试。',
    en: 'What you filled in is still here. Check your connection and try again.',
  },
  unknownTitle: { zh: '系统出错了', en: 'Something broke on our side' },
  unknownRemedy: {
    zh: '没有扣款，也没有丢失资料。请稍后重试。',
    en: 'No money moved and nothing was lost. Please try again soon.',
  },
  offline: {
    zh: '当前离线，显示的是上次的内容',
    en: 'You are offline; this is what we last knew',
  },
  timeLeft: { zh: '剩余 {time}', en: '{time} left' },
  timeUp: { zh: '已到时间', en: 'Time is up' },
  days: { zh: '{n} 天', en: '{n} d' },
  hours: { zh: '{n} 小时', en: '{n} h' },
  minutes: { zh: '{n} 分钟', en: '{n} min' },
  seconds: { zh: '{n} 秒', en: '{n} s' },
  stepOf: { zh: '第 {at} 步，共 {all} 步', en: 'Step {at} of {all}' },
  stepDone: { zh: '已完成', en: 'done' },
  stepNow: { zh: '进行中', en: 'in progress' },
  stepNext: { zh: '未开始', en: 'not yet' },
  feeGross: { zh: '卡面价值', en: 'Value of the card' },
  feeNet: { zh: '您到手', en: 'You receive' },
  feeNoLines: { zh: '没有任何扣减', en: 'Nothing is taken off' },
  feeSum: {
    zh: '卡面价值加上以下每一行，正好等于到手金额。',
    en: 'The value plus each line below is exactly what you receive.',
  },
  feeWhy: { zh: '为什么有这一行', en: 'Why this line' },
  feePolicy: { zh: '规则版本 {version}', en: 'Policy {version}' },
  chartTable: { zh: '查看数据表', en: 'Show the figures' },
  gradeLabel: { zh: '核验等级 {grade}', en: 'Verification grade {grade}' },
  gradeV0: { zh: '尚未核验', en: 'Not checked yet' },
  gradeV1: { zh: '格式与校验位正确', en: 'Number and check digits are right' },
  gradeV2: { zh: '来源资料已核对', en: 'Proof of origin checked' },
  gradeV3: { zh: '人工核验余额', en: 'Balance checked by a person' },
  gradeV4: { zh: '发卡方已确认余额', en: 'Balance confirmed by the issuer' },
  gradeV5: { zh: '发卡方已锁定', en: 'Locked at the issuer' },
  gradeV6: { zh: '发卡方已换新过户', en: 'Transferred and re-issued by the issuer' },
  copy: { zh: '复制', en: 'Copy' },
  copied: { zh: '已复制', en: 'Copied' },
});

/** What each line of a quote is for, by its code; the code itself is shown when a newer server sends one we do not know. */
export const feeTexts = defineTexts({
  market: { zh: '收卡市价', en: 'Market price' },
});
