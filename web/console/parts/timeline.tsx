/** All that ever happened to an order in one sequence: state, money, record and jobs, each kind to be hidden. */
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { Empty } from '../../kit/states.tsx';
import type { ConsoleOrderDetail, TimelineKind } from '../api-types.ts';
import type { OfProcess } from '../names.ts';
import { useSay } from '../say.ts';
import { Icon, type IconName } from './icons.tsx';
import { When } from './moment.tsx';
import { Panel } from './screen.tsx';
import { StateMark } from './tags.tsx';

type TimelineEvent = ConsoleOrderDetail['timeline'][number];
interface TimelineProps {
  /** Whose states the events name: the order's first. */
  process: OfProcess;
  of: readonly TimelineEvent[];
}

const kindIcon: Record<TimelineKind, IconName> = {
  state: 'flow',
  money: 'money',
  record: 'link',
  job: 'gear',
};
const kinds: readonly TimelineKind[] = ['state', 'money', 'record', 'job'];

export function Timeline({ process, of }: TimelineProps): ReactNode {
  const t = useSay();
  const [hidden, setHidden] = useState<readonly TimelineKind[]>([]);
  const shown = of.filter(({ kind }) => !hidden.includes(kind));
  return (
    <Panel
      title={t('order.timeline')}
      note={t('order.timelineNote')}
      className="co-timeline-panel"
      actions={kinds.map((kind) => (
        <Button
          key={kind}
          size="small"
          aria-pressed={!hidden.includes(kind)}
          type={hidden.includes(kind) ? 'dashed' : 'default'}
          icon={<Icon name={kindIcon[kind]} size={14} />}
          onClick={() =>
            setHidden(
              hidden.includes(kind) ? hidden.filter((one) => one !== kind) : [...hidden, kind],
            )
          }
        >
          {t(`order.kind.${kind}`)}
        </Button>
      ))}
    >
      {shown.length === 0 && <Empty title={t('shell.empty')} />}
      <ol className="co-timeline">
        {shown.map((event, index) => (
          // Two events may share their instant and title; their place in the history is their name.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} data-kind={event.kind}>
            <span className="co-timeline-icon">
              <Icon name={kindIcon[event.kind]} size={15} />
            </span>
            <div>
              <p>
                <span className="co-kind">{t(`order.kind.${event.kind}`)}</span>{' '}
                <EventTitle process={process} of={event} />
              </p>
              {event.detail && <EventDetail of={event} />}
            </div>
            <When at={event.at} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** A change of state is said in words; tasks, records and accounts go by the names they have in the books. */
function EventTitle(props: { process: OfProcess; of: TimelineEvent }): ReactNode {
  const { process } = props;
  const { kind, title } = props.of;
  const [transition, state] = title.split(' → ');
  if (kind !== 'state' || !state)
    return (
      <strong>
        <code className="co-break">{title}</code>
      </strong>
    );
  return (
    <>
      <code>{transition}</code> → <StateMark process={process} state={state} />
    </>
  );
}

const actors = ['seller', 'buyer', 'system', 'operator', 'clock'] as const;

function EventDetail({ of: { kind, detail } }: { of: TimelineEvent }): ReactNode {
  const t = useSay();
  const actor = actors.find((one) => one === detail);
  if (kind === 'state' && actor) return <p className="co-detail">{t(`order.by.${actor}`)}</p>;
  return (
    <p className="co-detail">
      <code className="co-break">{detail}</code>
    </p>
  );
}
