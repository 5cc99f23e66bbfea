/** The dialogue that asks a colleague to let one see a card's secret once. */
import { Input, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import type { RevealReason } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';

interface RequestRevealProps {
  cardId: string;
  orderRef: string;
  open: boolean;
  close: () => void;
}
const reasons = ['dispute_evidence', 'manual_check', 'hand_over', 'court_order'] as const;
const NOTE_MIN = 5;
const NOTE_MAX = 500;

export function RequestRevealDialog(props: RequestRevealProps): ReactNode {
  const { cardId, orderRef, open, close } = props;
  const t = useSay();
  const [reasonCode, setReason] = useState<RevealReason>('manual_check');
  const [note, setNote] = useState('');
  const act = useAct('POST /v1/console/reveals', t('reveals.requested'));
  const submit = async (): Promise<void> => {
    if (await act.run({ body: { cardId, orderRef, reasonCode, note } })) close();
  };
  return (
    <Modal
      open={open}
      title={t('order.reveal')}
      okText={t('reveals.request')}
      okButtonProps={{ disabled: note.trim().length < NOTE_MIN }}
      confirmLoading={act.busy}
      destroyOnHidden
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <p>{t('reveals.lead')}</p>
        <Field label={t('reveals.reason')}>
          <Select
            value={reasonCode}
            aria-label={t('reveals.reason')}
            options={reasons.map((value) => ({ value, label: t(`reveals.reason.${value}`) }))}
            onChange={setReason}
          />
        </Field>
        <Field label={t('reveals.note')} hint={t('reveals.noteRule')}>
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
