/** One price table: edit the draft, see what it would do, submit, let somebody else approve. */

import { Alert, Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { PriceTable, PriceTableData } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay, useMe } from '../session.ts';
import { PriceEditor } from './price-editor.tsx';
import { PricePreview } from './price-preview.tsx';
import { TableState } from './prices.tsx';

export function PriceTableScreen(): ReactNode {
  const id = usePathPart('id');
  const { data, error, refetch } = useAsk('GET /v1/console/price-tables/:id', {
    params: { id },
  });
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!data || data.id !== id) return <Skeleton lines={10} tall />;
  return <OneTable key={data.id} of={data} />;
}

function OneTable({ of }: { of: PriceTable }): ReactNode {
  const t = useSay();
  const editor = useMay(['finance', 'admin']);
  const save = useAct('PUT /v1/console/price-tables/:id', t('prices.saved'));
  const [edited, setEdited] = useState<PriceTableData>();
  const editable = editor && of.state === 'draft';
  const store = async (): Promise<void> => {
    if (edited && (await save.run({ params: { id: of.id }, body: { data: edited } })))
      setEdited(undefined);
  };
  return (
    <Screen
      title={of.title}
      lead={
        <>
          <TableState of={of.state} /> {of.note}
        </>
      }
      actions={editor && <Decide of={of} dirty={edited !== undefined} />}
    >
      <Head of={of} />
      {of.state === 'draft' && <Problems of={of} />}
      <PriceEditor data={edited ?? of.data} change={editable ? setEdited : undefined} />
      {edited && (
        <div className="co-save" role="status">
          <span>{t('prices.unsaved')}</span>
          <Button onClick={() => setEdited(undefined)}>{t('shell.cancel')}</Button>
          <Button type="primary" loading={save.busy} onClick={() => void store()}>
            {t('shell.save')}
          </Button>
        </div>
      )}
      <PricePreview id={of.id} blocked={edited !== undefined} />
    </Screen>
  );
}

function Head({ of }: { of: PriceTable }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('order.facts')}>
      <Facts
        of={[
          [t('prices.version'), of.version ?? '–'],
          [t('prices.author'), <ShortId key="a" id={of.author} plain />],
          [
            t('prices.approvedBy'),
            of.approvedBy ? <ShortId key="b" id={of.approvedBy} plain /> : '–',
          ],
          [t('prices.from'), of.effectiveFrom ? <When key="f" at={of.effectiveFrom} /> : '–'],
          [t('prices.updated'), <When key="u" at={of.updatedAt} />],
          [t('prices.hash'), <ShortId key="h" id={of.hash ?? of.digest} />],
        ]}
      />
    </Panel>
  );
}

function Problems({ of }: { of: PriceTable }): ReactNode {
  const t = useSay();
  const pick = usePick();
  if (of.problems.length === 0)
    return (
      <p>
        <Mark tone="good">{t('prices.clean')}</Mark>
      </p>
    );
  return (
    <Alert
      type="warning"
      showIcon
      title={t('prices.problems', { n: of.problems.length })}
      description={
        <ul className="co-plain-list">
          {of.problems.map((problem) => (
            <li key={problem.path + problem.en}>
              <code>{problem.path}</code> {pick(problem)}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Decide({ of, dirty }: { of: PriceTable; dirty: boolean }): ReactNode {
  const t = useSay();
  const me = useMe();
  const approve = useAct('POST /v1/console/price-tables/:id/approve', t('prices.approved'));
  const withdraw = useAct('POST /v1/console/price-tables/:id/withdraw', t('prices.withdrawn'));
  const [submitting, setSubmitting] = useState(false);
  const params = { id: of.id };
  const mine = me?.id === of.author;
  return (
    <>
      {(of.state === 'draft' || of.state === 'submitted') && (
        <AskedButton
          danger
          loading={withdraw.busy}
          label={t('prices.withdraw')}
          sure={t('prices.withdrawSure')}
          act={() => withdraw.run({ params })}
        />
      )}
      {of.state === 'draft' && (
        <Button
          type="primary"
          disabled={dirty || of.problems.length > 0}
          onClick={() => setSubmitting(true)}
        >
          {t('prices.submit')}
        </Button>
      )}
      {of.state === 'submitted' && mine && <small>{t('prices.mine')}</small>}
      {of.state === 'submitted' && !mine && (
        <AskedButton
          type="primary"
          loading={approve.busy}
          label={t('prices.approve')}
          sure={t('prices.approveSure')}
          calm
          act={() => approve.run({ params, body: { digest: of.digest } })}
        />
      )}
      {submitting && <Submit id={of.id} close={() => setSubmitting(false)} />}
    </>
  );
}

function Submit({ id, close }: { id: string; close: () => void }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/console/price-tables/:id/submit', t('prices.submitted'));
  const [from, setFrom] = useState('');
  const submit = async (): Promise<void> => {
    // The field has minutes and no zone: what is typed is China's time.
    const body = from === '' ? {} : { effectiveFrom: `${from}:00+08:00` };
    if (await act.run({ params: { id }, body })) close();
  };
  return (
    <Modal
      open
      title={t('prices.submit')}
      okText={t('prices.submit')}
      confirmLoading={act.busy}
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <p>{t('prices.submitSure')}</p>
        <Field label={t('prices.effectiveFrom')}>
          <Input
            type="datetime-local"
            value={from}
            onChange={({ target }) => setFrom(target.value)}
          />
        </Field>
      </div>
    </Modal>
  );
}
