/** The regulations this house works by, as versioned data with citation, dates and how well each was verified. */

/** Fields a rule may look at; a rule that needs none of them has no params. */
export interface Regulation {
  readonly id: string;
  readonly version: number;
  /** Days in China; `effectiveTo` is the last day in force. */
  readonly effectiveFrom: string;
  readonly effectiveTo?: string;
  readonly effect: 'BLOCK' | 'REVIEW' | 'LIMIT' | 'DISCLOSE' | 'RECORD' | 'NOTIFY';
  readonly title: { readonly zh: string; readonly en: string };
  /** What the text says, in one sentence. */
  readonly says: { readonly zh: string; readonly en: string };
  readonly citation: { readonly zh: string; readonly en: string };
  /** article: the article itself was read · excerpt: read in a secondary source · unverified: ask counsel. */
  readonly mark: 'article' | 'excerpt' | 'unverified';
  readonly params: Readonly<Record<string, number>>;
}

export const REGULATIONS = [
  {
    id: 'R01',
    version: 1,
    effectiveFrom: '2012-11-01',
    effect: 'BLOCK',
    title: { zh: '记名单用途卡限额', en: 'Limit of a named single-purpose card' },
    says: {
      zh: '单张记名单用途卡的限额不得超过 5000 元',
      en: 'A named single-purpose card may hold at most ¥5,000',
    },
    citation: {
      zh: '《单用途商业预付卡管理办法（试行）》；国办发〔2011〕25号 二(三)',
      en: 'Measures for Single-purpose Prepaid Cards (trial); Guobanfa [2011] No. 25, II(3)',
    },
    mark: 'excerpt',
    params: { limitFen: 500_000 },
  },
  {
    id: 'R02',
    version: 1,
    effectiveFrom: '2012-11-01',
    effect: 'BLOCK',
    title: { zh: '不记名单用途卡限额', en: 'Limit of a bearer single-purpose card' },
    says: {
      zh: '单张不记名单用途卡的限额不得超过 1000 元；一次性提货券不适用',
      en: 'A bearer single-purpose card may hold at most ¥1,000; one-shot vouchers are exempt',
    },
    citation: {
      zh: '《单用途商业预付卡管理办法（试行）》；国办发〔2011〕25号 二(三)',
      en: 'Measures for Single-purpose Prepaid Cards (trial); Guobanfa [2011] No. 25, II(3)',
    },
    mark: 'excerpt',
    params: { limitFen: 100_000 },
  },
  {
    id: 'R03',
    version: 1,
    effectiveFrom: '2012-11-01',
    effect: 'DISCLOSE',
    title: { zh: '不记名卡有效期不少于三年', en: 'Bearer cards live three years at least' },
    says: {
      zh: '不记名卡有效期不得少于 3 年',
      en: 'A bearer card may not be valid for less than 3 years',
    },
    citation: { zh: '国办发〔2011〕25号 二(五)', en: 'Guobanfa [2011] No. 25, II(5)' },
    mark: 'article',
    params: { months: 36 },
  },
  {
    id: 'R04',
    version: 1,
    effectiveFrom: '2012-11-01',
    effect: 'DISCLOSE',
    title: { zh: '记名卡不设有效期', en: 'Named cards do not expire' },
    says: {
      zh: '记名卡不得设有效期；印有有效期的按无有效期对待',
      en: 'A named card has no expiry; a printed one is treated as none',
    },
    citation: { zh: '国办发〔2011〕25号 二(五)', en: 'Guobanfa [2011] No. 25, II(5)' },
    mark: 'article',
    params: {},
  },
  {
    id: 'R05',
    version: 1,
    effectiveFrom: '2025-05-01',
    effect: 'DISCLOSE',
    title: { zh: '过期卡余额仍可使用', en: 'Money on an expired card is not lost' },
    says: {
      zh: '有效期届满仍有余额的，持卡人可以请求激活、换卡',
      en: 'The holder of an expired card with money left may demand reactivation or a new card',
    },
    citation: { zh: '法释〔2025〕4号 第二十四条', en: 'Fa Shi [2025] No. 4, art. 24' },
    mark: 'article',
    params: {},
  },
  {
    id: 'R09',
    version: 1,
    effectiveFrom: '2025-05-01',
    effect: 'BLOCK',
    title: { zh: '多用途卡不回收', en: 'No buyback of multi-purpose cards' },
    says: {
      zh: '多用途预付卡不适用单用途卡的转让规则，本平台不予回收',
      en: 'The transfer rules of single-purpose cards do not cover multi-purpose cards; we do not buy them',
    },
    citation: { zh: '法释〔2025〕4号 第二十六条', en: 'Fa Shi [2025] No. 4, art. 26' },
    mark: 'article',
    params: {},
  },
  {
    id: 'R14',
    version: 1,
    effectiveFrom: '2025-05-01',
    effect: 'DISCLOSE',
    title: { zh: '“不得转让”条款', en: 'Clauses that forbid a transfer' },
    says: {
      zh: '不合理限制转让的格式条款无效；发卡方条款及其法律效力应向双方说明',
      en: 'Standard terms that unreasonably restrict a transfer are void; both sides are told',
    },
    citation: {
      zh: '法释〔2025〕4号 第九条(二)；《民法典》第五百四十五条',
      en: 'Fa Shi [2025] No. 4, art. 9(2); Civil Code, art. 545',
    },
    mark: 'article',
    params: {},
  },
  {
    id: 'R29',
    version: 1,
    effectiveFrom: '2019-01-01',
    effect: 'BLOCK',
    title: { zh: '规则变更须提前公示', en: 'Changes of rules and fees need notice' },
    says: {
      zh: '修改交易规则、费用，应当至少在实施前七日公示',
      en: 'Changes of rules and fees are shown seven days before they apply, at least',
    },
    citation: { zh: '《电子商务法》第三十四条', en: 'E-Commerce Law, art. 34' },
    mark: 'article',
    params: { noticeDays: 7 },
  },
  {
    id: 'R35',
    version: 1,
    effectiveFrom: '2022-07-01',
    effect: 'BLOCK',
    title: { zh: '使用限制须如实标明', en: 'Restrictions of use are stated' },
    says: {
      zh: '对价格有不利影响的使用条件，应当与价格同样醒目地标明',
      en: 'Conditions that lower the worth are shown as plainly as the price',
    },
    citation: {
      zh: '《明码标价和禁止价格欺诈规定》第十九条(六)；《电子商务法》第十七条',
      en: 'Provisions on Price Marking, art. 19(6); E-Commerce Law, art. 17',
    },
    mark: 'article',
    params: {},
  },
  {
    id: 'R50',
    version: 1,
    effectiveFrom: '2017-07-01',
    effect: 'RECORD',
    title: { zh: '大额交易报告', en: 'Reports of large transactions' },
    says: {
      zh: '自然人当日收入或者支出累计 50 万元以上、非自然人 200 万元以上的，5 个工作日内报告',
      en: 'A day’s money in or out of ¥500,000 of a person, or of ¥2,000,000 of an entity, is reported in five working days',
    },
    citation: {
      zh: '《金融机构大额交易和可疑交易报告管理办法》第五条、第八条（人民银行令〔2016〕第3号）',
      en: 'Measures for Reports of Large and Suspicious Transactions, arts. 5 and 8 (PBoC Order [2016] No. 3)',
    },
    mark: 'excerpt',
    params: { personFen: 50_000_000, entityFen: 200_000_000, workingDays: 5 },
  },
  {
    id: 'R51',
    version: 1,
    effectiveFrom: '2025-01-01',
    effect: 'REVIEW',
    title: { zh: '可疑交易报告', en: 'Reports of suspicious transactions' },
    says: {
      zh: '发现可疑交易的，及时审查并报告；对报告情况保密',
      en: 'What looks suspicious is looked into and reported in time; that it was reported is kept secret',
    },
    citation: {
      zh: '《反洗钱法》第三十五条、第七条、第五十四条',
      en: 'Anti-Money Laundering Law, arts. 35, 7 and 54',
    },
    mark: 'article',
    params: { reviewHours: 24 },
  },
  {
    id: 'R53',
    version: 1,
    effectiveFrom: '2022-12-01',
    effect: 'REVIEW',
    title: { zh: '异常交易延时付款', en: 'Delayed payment of unusual trades' },
    says: {
      zh: '对涉诈异常交易可以核验身份、延迟付款并提示风险',
      en: 'An unusual trade may be paid later, after the identity was proved again and a warning given',
    },
    citation: {
      zh: '《反电信网络诈骗法》第二十二条、第二十五条、第四十三条',
      en: 'Anti-Telecom Fraud Law, arts. 22, 25 and 43',
    },
    mark: 'article',
    params: { signals: 2, issuers: 3, cardHours: 24, holdDaysMin: 1, holdDaysMax: 3 },
  },
  {
    id: 'R54',
    version: 1,
    effectiveFrom: '2019-11-01',
    effect: 'BLOCK',
    title: { zh: '接到告知后立即停用', en: 'Stopped once told' },
    says: {
      zh: '经监管部门告知或者接到举报后仍不履行法定管理职责的，可以认定行为人明知',
      en: 'Whoever goes on after a regulator or a report told of it may be held to have known',
    },
    citation: {
      zh: '《关于办理非法利用信息网络、帮助信息网络犯罪活动等刑事案件适用法律若干问题的解释》第十一条（法释〔2019〕15号）',
      en: 'Interpretation on Crimes of Unlawful Use of Information Networks and of Aiding them, art. 11 (Fashi [2019] No. 15)',
    },
    mark: 'article',
    params: {},
  },
  {
    id: 'R55',
    version: 1,
    effectiveFrom: '2019-11-01',
    effect: 'REVIEW',
    title: { zh: '涉案累计报送', en: 'Exposure to confirmed crime' },
    says: {
      zh: '为三个以上对象提供帮助、支付结算金额二十万元以上或者违法所得一万元以上的，属情节严重',
      en: 'Help to three or more, ¥200,000 or more settled, or ¥10,000 or more gained, is serious',
    },
    citation: {
      zh: '《关于办理非法利用信息网络、帮助信息网络犯罪活动等刑事案件适用法律若干问题的解释》第十二条（法释〔2019〕15号）',
      en: 'Interpretation on Crimes of Unlawful Use of Information Networks and of Aiding them, art. 12 (Fashi [2019] No. 15)',
    },
    mark: 'article',
    params: { victims: 3, settledFen: 20_000_000, profitFen: 1_000_000 },
  },
  {
    id: 'R56',
    version: 1,
    effectiveFrom: '2026-01-01',
    effect: 'BLOCK',
    title: { zh: '公安机关通报的赃卡', en: 'Cards that the police name as stolen' },
    says: {
      zh: '不得收购公安机关通报寻查的赃物或者有赃物嫌疑的物品',
      en: 'Nobody may buy what the police look for as stolen, or what may be so',
    },
    citation: {
      zh: '《治安管理处罚法》第七十一条第三项、第七十二条第三项',
      en: 'Public Security Administration Punishments Law, arts. 71(3) and 72(3)',
    },
    mark: 'excerpt',
    params: {},
  },
  {
    id: 'R70',
    version: 1,
    effectiveFrom: '2022-12-01',
    effect: 'BLOCK',
    title: {
      zh: '禁止买卖银行卡、电话卡和账号',
      en: 'No sale of bank cards, SIM cards or accounts',
    },
    says: {
      zh: '不得买卖、出租、出借银行账户、支付账户、电话卡、物联网卡和互联网账号',
      en: 'Bank and payment accounts, SIM cards and internet accounts are not sold, let or lent',
    },
    citation: {
      zh: '《反电信网络诈骗法》第三十一条、第二十五条',
      en: 'Anti-Telecom Fraud Law, arts. 31 and 25',
    },
    mark: 'article',
    params: {},
  },
] as const satisfies readonly Regulation[];

export type RegulationId = (typeof REGULATIONS)[number]['id'];
