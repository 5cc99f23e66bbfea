/** The life of a charity in our list: proposed, confirmed by the register, approved by a second person, rechecked. */
import { DAY, MINUTE } from '#platform';
import { defineProcess } from '#process';

export const charityProcess = defineProcess({
  name: 'charity',
  version: 1,
  initial: 'checking',
  states: {
    checking: { zh: '正在核验登记信息', en: 'Being checked with the register' },
    confirmed: { zh: '核验通过，等待复核', en: 'Confirmed, waiting for a second person' },
    doubtful: { zh: '核验未通过', en: 'Not confirmed by the register' },
    listed: { zh: '可以接受捐赠', en: 'Can be chosen' },
    lapsed: { zh: '资格待重新核验', en: 'Has to be checked again' },
    struck: { zh: '已移出名单', en: 'Taken off the list', terminal: true },
  },
  roles: ['system', 'registry', 'maker', 'checker'],
  transitions: {
    call: { by: ['clock'], from: ['checking'], to: 'checking', after: 10 * MINUTE },
    confirm: { by: ['registry'], from: ['checking'], to: 'confirmed' },
    doubt: { by: ['registry'], from: ['checking'], to: 'doubtful' },
    approve: { by: ['checker'], from: ['confirmed'], to: 'listed' },
    /** Nobody approved in a month: the confirmation is old. */
    recheck: {
      by: ['maker', 'clock'],
      from: ['confirmed', 'doubtful', 'lapsed'],
      to: 'checking',
      after: 30 * DAY,
    },
    lapse: { by: ['clock'], from: ['listed'], to: 'lapsed', after: 'due', within: 366 * DAY },
    strike: {
      by: ['maker'],
      from: ['confirmed', 'doubtful', 'listed', 'lapsed'],
      to: 'struck',
    },
  },
});
