/** The dialogue that opens a case on one order: a canonical reason and what was seen. */
import { Input, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { CODES, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { useAct } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';

interface OpenCaseProps {
  orderId: string;
  open: boolean;
  close: () => void;
}
const NOTE_MAX = 500;
const NOTE_MIN = 4;

export function OpenCaseDialog({ orderId, open, close }: OpenCaseProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [reason, setReason] = useState<string>('USED_OR_VOID');
  const [note, setNote] = useState('');
  const act = useAct('POST /v1/console/orders/:id/dispute', t('order.caseOpened'));
  const submit = async (): Promise<void> => {
    if (await act.run({ params: { id: orderId }, body: { reason, note } })) close();
  };
  return (
    <Modal
      open={open}
      title={t('order.openCase')}
      okText={t('order.openCase')}
      okButtonProps={{ danger: true, disabled: note.trim().length < NOTE_MIN }}
      confirmLoading={act.busy}
      destroyOnHidden
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <p>{t('order.caseNote')}</p>
        <Field label={t('order.caseReason')}>
          <Select
            value={reason}
            aria-label={t('order.caseReason')}
            options={CODES.filter((code) => code !== 'OK').map((code) => ({
              value: code,
              label: pick(RESULTS[code].text),
            }))}
            onChange={setReason}
          />
        </Field>
        <Field label={t('reviews.note')} hint={t('reviews.noteRule')}>
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
