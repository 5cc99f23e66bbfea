/** The life of a recycler's account (M10): from the application to the day its deposit has gone back. */
import { DAY } from '#platform';
import { defineProcess } from '#process';

/** After the last day of business claims may still come in; until then the deposit stays. */
export const TAIL_DAYS = 90;
/** The register is asked again every six months (E-Commerce Law art. 27). */
export const VERIFIED_DAYS = 180;
/** Whoever began and did not go on within a month, or left a restriction unanswered for one, is not waited for. */
const IDLE_MS = 30 * DAY;

export const recyclerAccount = defineProcess({
  name: 'recycler_account',
  version: 1,
  initial: 'applied',
  states: {
    applied: { zh: '已提交申请', en: 'Applied' },
    kyb_verified: { zh: '执照已核验', en: 'Licence verified' },
    deposit_paid: { zh: '保证金已到账', en: 'Deposit paid' },
    probation: { zh: '试营业', en: 'On probation' },
    active: { zh: '正常营业', en: 'Active' },
    restricted: { zh: '受限：只能了结在途业务', en: 'Restricted: may only settle what is open' },
    suspended: { zh: '已停业', en: 'Suspended' },
    exiting: { zh: '退出中，等待退还保证金', en: 'Leaving, the deposit is to go back' },
    closed: { zh: '已退出', en: 'Closed', terminal: true },
  },
  roles: ['owner', 'registry', 'system', 'operator'],
  transitions: {
    verify: { by: ['registry'], from: ['applied'], to: 'kyb_verified' },
    withdraw: { by: ['owner'], from: ['applied'], to: 'closed' },
    lapse: { by: ['clock'], from: ['applied'], to: 'closed', after: IDLE_MS },
    fund: { by: ['system'], from: ['kyb_verified'], to: 'deposit_paid' },
    /** The checklist is complete; `tiny` needs no deposit. */
    begin: { by: ['owner'], from: ['kyb_verified', 'deposit_paid'], to: 'probation' },
    forget: {
      by: ['clock'],
      from: ['kyb_verified', 'deposit_paid'],
      to: 'exiting',
      after: IDLE_MS,
    },
    graduate: { by: ['system'], from: ['probation'], to: 'active' },
    renew_trial: { by: ['registry'], from: ['probation'], to: 'probation' },
    renew: { by: ['registry'], from: ['active'], to: 'active' },
    /** Six months have passed and the register has not confirmed again. */
    expire: {
      by: ['clock'],
      from: ['probation', 'active'],
      to: 'restricted',
      after: 'due',
      within: (VERIFIED_DAYS + 1) * DAY,
    },
    /** By the system when deeds say so (score.ts). */
    restrict: {
      by: ['operator', 'registry', 'system'],
      from: ['probation', 'active'],
      to: 'restricted',
    },
    suspend: {
      by: ['operator', 'registry'],
      from: ['probation', 'active', 'restricted'],
      to: 'suspended',
    },
    neglect: { by: ['clock'], from: ['restricted'], to: 'suspended', after: IDLE_MS },
    restore: { by: ['operator', 'registry'], from: ['restricted', 'suspended'], to: 'probation' },
    expel: {
      by: ['operator', 'clock'],
      from: ['suspended'],
      to: 'exiting',
      after: TAIL_DAYS * DAY,
    },
    leave: {
      by: ['owner'],
      from: ['kyb_verified', 'deposit_paid', 'probation', 'active', 'restricted', 'suspended'],
      to: 'exiting',
    },
    /** Something is still open on the day: a week more, and a new date is stated. */
    extend: { by: ['system'], from: ['exiting'], to: 'exiting' },
    close: {
      by: ['clock'],
      from: ['exiting'],
      to: 'closed',
      after: 'due',
      within: (TAIL_DAYS + 1) * DAY,
    },
  },
});
