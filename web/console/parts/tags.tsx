/** Marks for states, roles and kinds: an icon and words together, so that colour is never the only sign. */
import type { ReactNode } from 'react';
import { CATEGORY_WORDS, type Category } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import type { Role } from '../api-types.ts';
import { type OfProcess, useStateName } from '../names.ts';
import { type SayKey, useSay } from '../say.ts';
import { Icon, type IconName } from './icons.tsx';

export type Tone = 'good' | 'bad' | 'warn' | 'run' | 'idle';

const icons: Record<Tone, IconName> = {
  good: 'check',
  bad: 'cross',
  warn: 'alert',
  run: 'play',
  idle: 'dot',
};

export function Mark({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon?: IconName;
  children: ReactNode;
}): ReactNode {
  return (
    <span className={`co-mark co-mark-${tone}`}>
      <Icon name={icon ?? icons[tone]} size={13} />
      <span>{children}</span>
    </span>
  );
}

/** What a state means to the person working on it, in one life cycle or in all. One not named here is neutral. */
const toneOf: Record<string, Tone> = {
  accepted: 'idle',
  'market_order.confirmed': 'good',
  live: 'good',
  paused: 'idle',
  reserved: 'run',
  sold: 'good',
  expired: 'idle',
  placed: 'idle',
  preparing: 'run',
  ready: 'run',
  probing: 'run',
  proven: 'run',
  revealed: 'run',
  shipped: 'run',
  extended: 'run',
  claimed: 'warn',
  completed: 'good',
  reimbursed: 'warn',
  submitted: 'run',
  waiting_issuer: 'warn',
  manual_review: 'warn',
  requoted: 'warn',
  verified: 'run',
  settled: 'good',
  closed: 'good',
  cancelled: 'idle',
  rejected: 'bad',
  returned: 'idle',
  disputed: 'bad',
  awaiting_answer: 'idle',
  evidence: 'run',
  arbitration: 'warn',
  appealed: 'warn',
  settled_between_parties: 'good',
  final: 'run',
  contested: 'bad',
  refunded: 'idle',
  awaiting_approval: 'warn',
  frozen: 'warn',
  requested: 'run',
  received: 'good',
  created: 'idle',
  approved: 'run',
  submitting: 'run',
  unknown: 'warn',
  paid: 'good',
  failed: 'bad',
  waiting: 'warn',
  opened: 'warn',
  decided: 'run',
  withdrawn: 'idle',
  open: 'run',
  closing: 'idle',
  held: 'good',
  aging: 'bad',
  thawed: 'bad',
  sending: 'run',
  parked: 'bad',
  credited: 'good',
  done: 'good',
  waived: 'idle',
  checking: 'run',
  confirmed: 'warn',
  doubtful: 'bad',
  listed: 'good',
  lapsed: 'warn',
  struck: 'idle',
  applied: 'run',
  kyb_verified: 'run',
  deposit_paid: 'run',
  probation: 'good',
  active: 'good',
  restricted: 'warn',
  'listing.suspended': 'warn',
  suspended: 'bad',
  exiting: 'idle',
  draft: 'idle',
  validating: 'run',
  papers: 'warn',
  kyb_pending: 'warn',
  sampling: 'warn',
  choosing: 'warn',
  awarded: 'run',
  terminated: 'bad',
  overdue: 'bad',
  'watch_case.confirmed': 'bad',
  'own_entry.proposed': 'run',
  'own_entry.in_force': 'warn',
  'own_entry.ending': 'run',
  'own_entry.ended': 'idle',
  'own_entry.refused': 'idle',
  'card_notice.in_force': 'warn',
  'card_notice.confirmed': 'bad',
  'card_notice.lifting': 'run',
  'card_notice.lifted': 'good',
  'risk_case.opened': 'warn',
  'risk_case.drafted': 'bad',
  'aml_report.sending': 'run',
  'aml_report.asking': 'warn',
  'aml_report.refused': 'bad',
  'aml_report.accepted': 'good',
  cleared: 'good',
  'lot.ready': 'good',
  'lot.closed': 'good',
};

interface StateMarkProps {
  process: OfProcess;
  state: string;
}

export function StateMark({ process, state }: StateMarkProps): ReactNode {
  const name = useStateName();
  return (
    <Mark tone={toneOf[`${[process].flat()[0]}.${state}`] ?? toneOf[state] ?? 'idle'}>
      {name(process, state)}
    </Mark>
  );
}

export function RoleMark({ role }: { role: Role }): ReactNode {
  const t = useSay();
  return <span className="co-role">{t(`role.${role}` satisfies SayKey)}</span>;
}

export function CategoryName({ of }: { of: string }): ReactNode {
  const pick = usePick();
  const words = CATEGORY_WORDS[of as Category];
  return words ? pick(words) : of;
}
