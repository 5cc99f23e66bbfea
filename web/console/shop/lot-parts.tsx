/** Parts that the pages of lots share: progress, a file to pick, the make-up, and what follows the lot live. */
import { useQueryClient } from '@tanstack/react-query';
import { App, Progress } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { follow } from '../../api.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { useProblemWords } from '../../kit/states.tsx';
import type { LotView } from '../api-types.ts';
import { Listing } from '../parts/listing.tsx';
import { Facts, Panel } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';

const tones: Record<string, Tone> = {
  ...{ validating: 'run', checking: 'run', open: 'run', awarded: 'run', delivering: 'run' },
  ...{ papers: 'warn', kyb_pending: 'run', sampling: 'run', choosing: 'warn', contracting: 'warn' },
  ...{ ready: 'good', closed: 'good', settled: 'good', kept: 'run', delivered: 'warn' },
  ...{ terminated: 'bad', disputed: 'bad', late_disputed: 'bad', paused: 'warn', stopped: 'bad' },
};
export function Stand({ state, children }: { state: string; children: ReactNode }): ReactNode {
  return <Mark tone={tones[state] ?? 'idle'}>{children}</Mark>;
}

/** Reads everything on the page again when the server says that something changed. */
export function useFollow(address: string): void {
  const queries = useQueryClient();
  useEffect(() => follow(address, () => void queries.invalidateQueries()), [address, queries]);
}

export function Bar({
  label,
  done,
  all,
  text,
}: {
  label: string;
  done: number;
  all: number;
  text: string;
}): ReactNode {
  const percent = all === 0 ? 0 : Math.floor((done * 100) / all);
  return (
    <div className="co-progress">
      <p>
        {label} · {text}
      </p>
      <Progress
        percent={percent}
        status={percent < 100 ? 'active' : 'success'}
        aria-label={label}
      />
    </div>
  );
}

/** A button that asks for one file; shows a refusal like any action. */
export function PickFile(props: {
  label: string;
  accept: string;
  done?: string;
  take: (file: File) => Promise<unknown>;
}): ReactNode {
  const field = useId();
  const words = useProblemWords();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const [busy, setBusy] = useState(false);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setBusy(true);
    try {
      await props.take(file);
      if (props.done) notification.success({ title: props.done, role: 'status' });
    } catch (error) {
      const { title, remedy } = words(error);
      notification.error({ title, description: remedy });
    } finally {
      setBusy(false);
      await queries.invalidateQueries();
    }
  };
  return (
    <span className="co-picker">
      <input
        id={field}
        type="file"
        accept={props.accept}
        className="hq-unseen"
        disabled={busy}
        onChange={({ target }) => {
          void take(target.files?.[0]);
          target.value = '';
        }}
      />
      <label htmlFor={field} className="co-pick">
        {props.label}
      </label>
    </span>
  );
}

type Group = LotView['makeUp'][number];
export function MakeUp({ groups }: { groups: readonly Group[] }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Listing
      caption={t('lots.makeUp')}
      rows={groups}
      rowKey={({ sku, faceFen, expiresOn }) => sku + faceFen + (expiresOn ?? '')}
      empty={{ title: t('lots.noMakeUp'), next: '' }}
      columns={[
        { title: t('lots.product'), show: ({ productName }) => pick(productName) },
        {
          title: t('lots.faceEach'),
          align: 'right',
          show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
        },
        { title: t('lots.expires'), show: ({ expiresOn }) => expiresOn ?? '–' },
        { title: t('lots.cards'), align: 'right', show: ({ cards }) => cards },
      ]}
    />
  );
}

export function Sample({ of }: { of: LotView['sample'] }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('lots.sample')} note={t('lots.sampleNote')}>
      <Facts
        of={[
          [t('lots.plan'), t(`lots.plan.${of.plan}`)],
          [
            t('lots.commitment'),
            <code key="c" className="co-key">
              {of.commitment}
            </code>,
          ],
          [
            t('lots.seed'),
            of.seed ? (
              <code key="s" className="co-key">
                {of.seed}
              </code>
            ) : (
              '–'
            ),
          ],
          [t('lots.looked'), `${of.looked} / ${of.size ?? '–'}`],
        ]}
      />
    </Panel>
  );
}

/** Hands a file to the person: the page keeps nothing of it. */
export function saveAs(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
