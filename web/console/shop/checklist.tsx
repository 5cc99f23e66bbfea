/** What a shop still lacks before it may open: each item with its state, the reason, and what to do about it here. */
import { useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { addLicencePhoto } from '../../api.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { useProblemWords } from '../../kit/states.tsx';
import type { CheckItem, Shop } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { Link } from '../link.tsx';
import { Panel } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { may } from './shop.ts';

export function Checklist({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const begin = useAct('POST /v1/recyclers/:id/begin', t('shop.begun'));
  const tier = useAct('PUT /v1/recyclers/:id/tier', t('shop.tierChanged'));
  const other = of.tier === 'tiny' ? 'standard' : 'tiny';
  const done = of.checklist.filter(({ state }) => state === 'done').length;
  return (
    <Panel
      title={`${t('shop.progress')} ${done}/${of.checklist.length}`}
      note={t('shop.progressNote')}
      actions={
        may(of, 'owner') && (
          <>
            <Button
              loading={tier.busy}
              onClick={() => void tier.run({ params: { id: of.id }, body: { tier: other } })}
            >
              {t('shop.changeTier', { tier: t(`shop.${other}`) })}
            </Button>
            <Button
              type="primary"
              loading={begin.busy}
              disabled={!of.checklistDone}
              onClick={() => void begin.run({ params: { id: of.id } })}
            >
              {t('shop.begin')}
            </Button>
          </>
        )
      }
    >
      <ul className="co-checklist">
        {of.checklist.map((item) => (
          <Item key={item.code} item={item} of={of} />
        ))}
      </ul>
    </Panel>
  );
}

const tones = { done: 'good', waiting: 'run', missing: 'warn' } as const;

function Item({ item, of }: { item: CheckItem; of: Shop }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { code, state, whySaid, missingFen } = item;
  const free = code === 'deposit' && of.tier === 'tiny';
  return (
    <li data-check={code} data-state={state}>
      <Mark tone={tones[state]}>{t(`shop.${state}`)}</Mark>
      <span className="co-twoline">
        <strong>{t(`shop.check.${code}`)}</strong>
        {free && <small>{t('shop.noDeposit')}</small>}
        {whySaid && (
          <small>
            {pick(whySaid)} {missingFen && <Money fen={missingFen} size="s" />}
          </small>
        )}
      </span>
      {state === 'missing' && may(of, 'owner') && <Cure code={code} of={of} />}
    </li>
  );
}

function Cure({ code, of }: { code: CheckItem['code']; of: Shop }): ReactNode {
  const t = useSay();
  if (code === 'licence_photo') return <PhotoPick id={of.id} />;
  if (code === 'payout_account' && of.state === 'applied') return null;
  if (code === 'payout_account' || code === 'deposit')
    return (
      <Link to="/shops/$id/wallet" params={{ id: of.id }}>
        {code === 'deposit' ? t('shop.topUp') : t('shop.account')}
      </Link>
    );
  return null;
}

function PhotoPick({ id }: { id: string }): ReactNode {
  const t = useSay();
  const field = useId();
  const words = useProblemWords();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const [busy, setBusy] = useState(false);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setBusy(true);
    try {
      await addLicencePhoto(id, file);
      notification.success({ title: t('shop.photoDone'), role: 'status' });
      await queries.invalidateQueries();
    } catch (error) {
      const { title, remedy } = words(error);
      notification.error({ title, description: remedy });
    } finally {
      setBusy(false);
    }
  };
  return (
    <span className="co-twoline">
      <input
        id={field}
        type="file"
        accept="image/jpeg,image/png,image/webp"
        className="hq-unseen"
        disabled={busy}
        onChange={({ target }) => {
          void take(target.files?.[0]);
          target.value = '';
        }}
      />
      <label htmlFor={field} className="co-pick">
        {t('shop.photoPick')}
      </label>
      <small>{t('shop.photoHint')}</small>
    </span>
  );
}
