/** All versions of the price table, and the way to begin a new one. */

import { Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import type { PriceTableHead } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, useGo } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';

const tones: Record<PriceTableHead['state'], Tone> = {
  draft: 'idle',
  submitted: 'warn',
  scheduled: 'run',
  in_force: 'good',
  past: 'idle',
  withdrawn: 'idle',
};

export function TableState({ of }: { of: PriceTableHead['state'] }): ReactNode {
  const t = useSay();
  return <Mark tone={tones[of]}>{t(`prices.state.${of}`)}</Mark>;
}

export function PricesScreen(): ReactNode {
  const t = useSay();
  const [{ cursor }, filter] = useFilters();
  const tables = useAsk('GET /v1/console/price-tables', { query: filled({ cursor }) });
  const may = useMay(['finance', 'admin']);
  const [making, setMaking] = useState(false);
  return (
    <Screen
      title={t('prices.title')}
      lead={t('prices.lead')}
      actions={
        may && (
          <Button type="primary" onClick={() => setMaking(true)}>
            {t('prices.new')}
          </Button>
        )
      }
    >
      <Listing
        caption={t('prices.title')}
        rows={tables.data?.items}
        error={tables.error}
        refetch={tables.refetch}
        rowKey={({ id }) => id}
        paging={{ next: tables.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('prices.newTitle'),
            show: ({ id, title, note }) => (
              <span className="co-twoline">
                <Link to="/prices/$id" params={{ id }}>
                  {title}
                </Link>
                {note && <small>{note}</small>}
              </span>
            ),
          },
          { title: t('orders.state'), show: ({ state }) => <TableState of={state} /> },
          { title: t('prices.version'), align: 'right', show: ({ version }) => version ?? '–' },
          {
            title: t('prices.from'),
            show: ({ effectiveFrom }) => (effectiveFrom ? <When at={effectiveFrom} /> : '–'),
          },
          { title: t('prices.author'), show: ({ author }) => <ShortId id={author} plain /> },
          {
            title: t('prices.approvedBy'),
            show: ({ approvedBy }) => (approvedBy ? <ShortId id={approvedBy} plain /> : '–'),
          },
          { title: t('prices.updated'), show: ({ updatedAt }) => <When at={updatedAt} /> },
        ]}
      />
      {making && <NewDraft close={() => setMaking(false)} />}
    </Screen>
  );
}

const TITLE_MAX = 80;
const NOTE_MAX = 2_000;

function NewDraft({ close }: { close: () => void }): ReactNode {
  const t = useSay();
  const go = useGo();
  const make = useAct('POST /v1/console/price-tables', t('prices.created'));
  const [title, setTitle] = useState('');
  const [note, setNote] = useState('');
  const submit = async (): Promise<void> => {
    const made = await make.ask({ body: { title: title.trim(), note: note.trim() } });
    if (!made) return;
    close();
    await go({ to: '/prices/$id', params: { id: made.reply.id } });
  };
  return (
    <Modal
      open
      title={t('prices.new')}
      okText={t('prices.new')}
      okButtonProps={{ disabled: title.trim() === '' }}
      confirmLoading={make.busy}
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <Field label={t('prices.newTitle')}>
          <Input
            value={title}
            maxLength={TITLE_MAX}
            onChange={({ target }) => setTitle(target.value)}
          />
        </Field>
        <Field label={t('prices.newNote')}>
          <Input.TextArea
            rows={3}
            maxLength={NOTE_MAX}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        </Field>
      </div>
    </Modal>
  );
}
