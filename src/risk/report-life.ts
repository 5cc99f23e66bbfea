/** The life of a report to the payment institution: handed over under one number, until it has a receipt. */
import { DAY, MINUTE } from '#platform';
import { defineProcess } from '#process';

export const amlReport = defineProcess({
  name: 'aml_report',
  version: 1,
  initial: 'sending',
  states: {
    sending: { zh: '正在报送', en: 'Being handed over' },
    asking: { zh: '正在核实是否收到', en: 'Asking whether it arrived' },
    refused: { zh: '对方未接收', en: 'Not taken' },
    accepted: { zh: '已报送，有回执', en: 'Handed over, with a receipt', terminal: true },
  },
  roles: ['system', 'institution', 'compliance'],
  transitions: {
    accept: { by: ['institution'], from: ['sending', 'asking'], to: 'accepted' },
    refuse: { by: ['institution'], from: ['sending', 'asking'], to: 'refused' },
    /** The job was lost or the answer was: from here on we ask for the number. */
    lose: { by: ['system', 'clock'], from: ['sending'], to: 'asking', after: 10 * MINUTE },
    chase: { by: ['clock'], from: ['asking'], to: 'asking', after: 10 * MINUTE },
    /** Under a new number: the one before was refused for certain. */
    resend: { by: ['compliance', 'clock'], from: ['refused'], to: 'sending', after: DAY },
  },
});
