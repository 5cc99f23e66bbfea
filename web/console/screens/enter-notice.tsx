/** The form of a letter that names cards. Numbers stand in the page until they are sent, and nowhere after. */
import { Button, Input, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import type { NewNotice } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';
import { ProductPick } from '../shop/product-pick.tsx';

const sources = ['police', 'regulator', 'court', 'report'] as const;
const CARDS_MAX = 500;
const words = [
  ['sender', 100],
  ['number', 100],
  ['basis', 300],
  ['victim', 100],
] as const;
const EMPTY = { sender: '', number: '', basis: '', victim: '', note: '' };

export function EnterNotice({ close }: { close: (entered?: string) => void }): ReactNode {
  const t = useSay();
  const sure = useConfirm();
  const act = useAct('POST /v1/console/notices', t('notices.entered'));
  const [letter, write] = useState(EMPTY);
  const [source, choose] = useState<NewNotice['source']>('police');
  const [receivedOn, receive] = useState(today);
  const [sku, pick] = useState<string>();
  const [text, type] = useState('');
  const numbers = [...new Set(text.split(/[\n,，;；\t]+/).map((line) => line.trim()))].filter(
    (line) => line !== '',
  );
  const count = numbers.length;
  const isWhole =
    sku !== undefined &&
    count > 0 &&
    count <= CARDS_MAX &&
    [letter.sender, letter.basis].every((one) => one.trim().length >= 2) &&
    letter.number.trim() !== '' &&
    /^\d{4}-\d\d-\d\d$/.test(receivedOn);
  const submit = (): void => {
    if (!isWhole) return;
    const cards = numbers.map((number) => ({ sku, number }));
    sure({
      title: t('notices.enter', { count }),
      body: t('notices.enterSure'),
      act: async () => {
        const kept = await act.ask({ body: { source, receivedOn, ...letter, cards } });
        if (kept) close(kept.reply.id);
      },
    });
  };
  return (
    <Modal open title={t('notices.new')} footer={null} onCancel={() => close()} width={640}>
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('notices.source')}>
          <Select
            value={source}
            options={sources.map((value) => ({ value, label: t(`notices.source.${value}`) }))}
            onChange={choose}
          />
        </Field>
        <Field label={t('notices.receivedOn')}>
          <Input
            type="date"
            value={receivedOn}
            max={today()}
            onChange={({ target }) => receive(target.value)}
          />
        </Field>
        {words.map(([name, maxLength]) => (
          <Field key={name} label={t(`notices.${name}`)}>
            <Input
              value={letter[name]}
              maxLength={maxLength}
              autoComplete="off"
              onChange={({ target }) => write({ ...letter, [name]: target.value })}
            />
          </Field>
        ))}
        <ProductPick label={t('notices.sku')} value={sku} onChange={pick} />
        <Field label={t('notices.numbers')} hint={t('notices.numbersHint')}>
          <Input.TextArea
            value={text}
            rows={5}
            autoComplete="off"
            spellCheck={false}
            status={count > CARDS_MAX ? 'error' : ''}
            onChange={({ target }) => type(target.value)}
          />
        </Field>
        <Field label={t('notices.note')}>
          <Input.TextArea
            value={letter.note}
            rows={2}
            maxLength={2_000}
            onChange={({ target }) => write({ ...letter, note: target.value })}
          />
        </Field>
        <div className="co-actions">
          <Button danger type="primary" htmlType="submit" disabled={!isWhole} loading={act.busy}>
            {t('notices.enter', { count })}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** In China, where the letter was received. */
const today = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
