/** The messages of one order between its two sides and the platform; guarded, so that nobody gives a secret away. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api.ts';
import { Moment, Refusal, Skeleton } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { type PlainKey, texts, useTexts } from '../texts.ts';

const names: Record<string, PlainKey> = {
  me: 'mkFromMe',
  other: 'mkFromOther',
  platform: 'mkFromPlatform',
};
const TEXT_MAX = 500;

/** The steps that the platform tells of are texts by their names. */
const isToldKey = (key: string): key is PlainKey => key.startsWith('mkSay_') && key in texts;

export function Thread({ orderId }: { orderId: string }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const queryKey = ['market-order', orderId, 'messages'];
  const [text, setText] = useState('');
  const said = (code: string | undefined): string => {
    const key = `mkSay_${code ?? ''}`;
    return isToldKey(key) ? t(key) : '';
  };
  const thread = useQuery({
    queryKey,
    queryFn: () => call('GET /v1/market/orders/:id/messages', { params: { id: orderId } }),
  });
  const send = useAct('POST /v1/market/orders/:id/messages', () => {
    setText('');
    void queries.invalidateQueries({ queryKey });
  });
  return (
    <section className="panel" aria-labelledby="messages">
      <h2 id="messages">{t('mkMessages')}</h2>
      {thread.error && <Refusal of={thread.error} onRetry={() => void thread.refetch()} />}
      {thread.isPending && <Skeleton lines={2} />}
      {thread.data?.items.length === 0 && <p className="fine">{t('mkMessagesNone')}</p>}
      <ol className="mk-thread" aria-live="polite" data-testid="thread">
        {thread.data?.items.map((message) => (
          <li key={message.id} data-from={message.from}>
            <span className="fine">
              {t(names[message.from] ?? 'mkFromPlatform')} ·{' '}
              <Moment at={message.at} form="minute" />
            </span>
            <p>{message.text ?? said(message.code)}</p>
          </li>
        ))}
      </ol>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate({ params: { id: orderId }, body: { text } });
        }}
      >
        <label className="hq-field">
          <span>{t('mkMessageWrite')}</span>
          <textarea
            rows={2}
            maxLength={TEXT_MAX}
            value={text}
            data-testid="message-text"
            onChange={(event) => setText(event.target.value)}
          />
          <span className="hq-field-note">{t('mkMessageHint')}</span>
        </label>
        {send.error && <Refusal of={send.error} />}
        <Do
          submit
          tone="quiet"
          busy={send.isPending}
          disabled={text.trim() === ''}
          testId="message-send"
        >
          {t('mkMessageSend')}
        </Do>
      </form>
    </section>
  );
}
