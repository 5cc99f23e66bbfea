/** Every life cycle of the house: its drawing with live counts, its table, and its Mermaid text. */
import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { type Language, useLanguage } from '../../kit/language.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { ProcessView, TransitionView } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { LifeCycle } from '../graph/life-cycle.tsx';
import { CopyButton } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { spanText } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { type SayKey, useSay } from '../say.ts';
import { useFilters } from '../search.ts';
import { texts } from '../texts.ts';

const EVERY_MS = 15_000;

export function ProcessesScreen(): ReactNode {
  const t = useSay();
  const words = useProcessName();
  const [{ name }, filter] = useFilters();
  const { data, error, refetch } = useAsk('GET /v1/console/processes', {}, { everyMs: EVERY_MS });
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  const chosen = data?.find((one) => one.name === name) ?? data?.[0];
  return (
    <Screen title={t('processes.title')} lead={t('processes.lead')}>
      {!chosen && <Skeleton lines={8} tall />}
      {data && chosen && (
        <>
          <Segmented
            aria-label={t('processes.choose')}
            className="co-segments"
            value={chosen.name}
            options={data.map(({ name: value }) => ({ value, label: words(value) }))}
            onChange={(next) => filter({ name: next })}
          />
          <OneProcess of={chosen} />
        </>
      )}
    </Screen>
  );
}

type NameKey = Extract<SayKey, `processes.name.${string}`>;
const isName = (key: string): key is NameKey => key in texts;

function useProcessName(): (name: string) => string {
  const t = useSay();
  return (name) => {
    const key = `processes.name.${name}`;
    return isName(key) ? t(key) : name;
  };
}

function OneProcess({ of }: { of: ProcessView }): ReactNode {
  const t = useSay();
  const words = useProcessName();
  return (
    <>
      <Panel
        title={words(of.name)}
        note={`${t('processes.version', { n: of.version })} · ${t('processes.escrow', { n: of.escrowDaysMax })}`}
        actions={
          of.failing > 0 && <Mark tone="bad">{t('processes.failing', { n: of.failing })}</Mark>
        }
      >
        <LifeCycle of={of} />
      </Panel>
      <Panel title={t('processes.transitions')}>
        <Transitions of={of} />
      </Panel>
      <Panel
        title={t('processes.mermaid')}
        actions={<CopyButton text={of.mermaid} label="Mermaid" />}
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll by keyboard */}
        <pre className="co-code" tabIndex={0}>
          {of.mermaid}
        </pre>
      </Panel>
    </>
  );
}

function Transitions({ of }: { of: ProcessView }): ReactNode {
  const t = useSay();
  return (
    <Listing
      caption={t('processes.transitions')}
      rows={of.transitions}
      rowKey={({ name }) => name}
      columns={[
        { title: t('processes.transition'), show: ({ name }) => <code>{name}</code> },
        { title: t('processes.by'), show: ({ by }) => by.join(', ') },
        {
          title: t('processes.from'),
          show: ({ from }) => (
            <span className="co-marks">
              {from.map((state) => (
                <StateMark key={state} process={of.name} state={state} />
              ))}
            </span>
          ),
        },
        { title: t('processes.to'), show: ({ to }) => <StateMark process={of.name} state={to} /> },
        { title: t('processes.deadline'), show: (row) => <Deadline of={row} /> },
        {
          title: t('processes.money'),
          show: ({ money }) =>
            money.length > 0 ? (
              <ul className="co-plain-list">
                {money.map((leg) => (
                  <li key={leg}>
                    <code>{leg}</code>
                  </li>
                ))}
              </ul>
            ) : (
              '–'
            ),
        },
      ]}
    />
  );
}

/** `05:00` would read as an hour of the day, so minutes are said. */
function span(ms: number, language: Language): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return language === 'zh' ? `${minutes} 分钟` : `${minutes} min`;
  return spanText(ms, language);
}

function Deadline({ of }: { of: TransitionView }): ReactNode {
  const t = useSay();
  const language = useLanguage();
  const parts = [
    of.afterMs !== undefined && t('processes.after', { span: span(of.afterMs, language) }),
    of.due && t('processes.due'),
    of.withinMs !== undefined && t('processes.within', { span: span(of.withinMs, language) }),
    of.atMost !== undefined && ` ${t('processes.atMost', { n: of.atMost })}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join('') : '–';
}
