/** Consents that can be withdrawn, devices that can be signed out, data that can be taken along or erased. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConsentView, Words } from '../api.gen.ts';
import { call } from '../api.ts';
import {
  Confirm,
  deviceName,
  Field,
  Icon,
  Notice,
  Refusal,
  Skeleton,
  toast,
  useLanguage,
  useMoment,
  usePick,
} from '../kit/index.ts';
import { useAct } from './act.tsx';
import { useTexts } from './texts.ts';

export function Consents(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<ConsentView>();
  const { data, error, refetch } = useQuery({
    queryKey: ['consents'],
    queryFn: () => call('GET /v1/me/consents'),
  });
  const renew = (): void => {
    void queries.invalidateQueries({ queryKey: ['consents'] });
    void queries.invalidateQueries({ queryKey: ['me'] });
  };
  const grant = useAct('POST /v1/me/consents', renew);
  const withdraw = useAct('DELETE /v1/me/consents/:purpose', () => {
    const purpose = leaving?.purpose;
    setLeaving(undefined);
    renew();
    if (purpose)
      toast(t('consentOff'), {
        label: t('undo'),
        act: () => grant.mutate({ body: { purpose } }),
      });
  });
  const set = (consent: ConsentView): void => {
    if (consent.granted) setLeaving(consent);
    else grant.mutate({ body: { purpose: consent.purpose } });
  };
  const failed = grant.error ?? error;
  return (
    <section className="panel" aria-labelledby="consents">
      <h2 id="consents">{t('consentsTitle')}</h2>
      <p className="fine">{t('consentsSay')}</p>
      {failed && <Refusal of={failed} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={4} />}
      <ul className="switch-list">
        {data?.items.map((consent) => (
          <li key={consent.purpose}>
            <label className="switch">
              <span>
                {pick(consent)}
                <ConsentState consent={consent} />
              </span>
              <input
                type="checkbox"
                role="switch"
                aria-checked={consent.granted}
                checked={consent.granted}
                data-testid={`consent-${consent.purpose}`}
                onChange={() => set(consent)}
              />
            </label>
          </li>
        ))}
      </ul>
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => leaving && withdraw.mutate({ params: { purpose: leaving.purpose } })}
        busy={withdraw.isPending}
        danger
        title={t('withdrawTitle')}
        say={t('withdrawSay')}
        act={t('withdraw')}
      >
        {withdraw.error && <Refusal of={withdraw.error} />}
      </Confirm>
    </section>
  );
}

function ConsentState({ consent }: { consent: ConsentView }): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const { granted, grantedAt, withdrawnAt } = consent;
  const say = granted
    ? t('consentSince', { at: grantedAt ? moment(grantedAt, 'minute') : '' })
    : withdrawnAt
      ? t('consentWithdrawn', { at: moment(withdrawnAt, 'minute') })
      : t('consentNever');
  return <span className="fine">{say}</span>;
}

export function Sessions(): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => call('GET /v1/me/sessions'),
  });
  const end = useAct('DELETE /v1/me/sessions/:id', () => {
    void queries.invalidateQueries({ queryKey: ['sessions'] });
    toast(t('sessionEnded'));
  });
  return (
    <section className="panel" aria-labelledby="sessions">
      <h2 id="sessions">{t('sessionsTitle')}</h2>
      {error && <Refusal of={error} onRetry={() => void refetch()} />}
      {end.error && <Refusal of={end.error} />}
      {!data && !error && <Skeleton lines={2} />}
      <ul className="switch-list">
        {data?.items.map((one) => {
          const name = deviceName(one.agent) ?? t('sessionUnknown');
          return (
            <li key={one.id} className="kept">
              <span>
                {name}
                <br />
                <span className="fine">
                  {one.address} · {t('sessionSeen', { at: moment(one.seenAt, 'minute') })}
                </span>
              </span>
              {one.current ? (
                <span className="tag" data-tone="good">
                  {t('sessionThis')}
                </span>
              ) : (
                <button
                  type="button"
                  className="hq-button hq-button-quiet"
                  aria-label={`${t('sessionEnd')}: ${name}`}
                  disabled={end.isPending}
                  onClick={() => end.mutate({ params: { id: one.id } })}
                >
                  {t('sessionEnd')}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function MyData(): React.ReactNode {
  const t = useTexts();
  const [failed, setFailed] = useState<unknown>();
  const save = async (): Promise<void> => {
    setFailed(undefined);
    try {
      download(await call('GET /v1/me/export'));
      toast(t('exported'));
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <section className="panel stack" aria-labelledby="data">
      <h2 id="data">{t('dataTitle')}</h2>
      <p className="fine">{t('exportSay')}</p>
      {failed !== undefined && <Refusal of={failed} />}
      <div className="form-row">
        <button
          type="button"
          className="hq-button hq-button-quiet"
          data-testid="export"
          onClick={() => void save()}
        >
          {t('exportAct')}
        </button>
        <Erase />
      </div>
    </section>
  );
}

function download(data: unknown): void {
  const file = new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = 'huiquan-my-data.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

function Erase(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const language = useLanguage();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [kept, setKept] = useState<Words[]>();
  const erase = useAct('POST /v1/me/erasure', (reply) => {
    setKept(reply.kept);
    setOpen(false);
    toast(t('erased'));
    queries.setQueryData(['me'], null);
  });
  const right = typed.trim().toLowerCase() === t('eraseWord');
  if (kept && kept.length > 0)
    return (
      <Notice tone="info" title={t('erasedKept')}>
        {kept.map((one) => (
          <p key={one.zh}>{pick(one)}</p>
        ))}
      </Notice>
    );
  return (
    <>
      <button
        type="button"
        className="hq-link danger"
        data-testid="erase"
        onClick={() => setOpen(true)}
      >
        <Icon name="warn" size={18} /> {t('eraseAct')}
      </button>
      <Confirm
        open={open}
        onClose={() => setOpen(false)}
        onConfirm={() => right && erase.mutate({ body: {} })}
        busy={erase.isPending || !right}
        danger
        title={t('eraseTitle')}
        say={t('eraseSay')}
        act={t('eraseAct')}
      >
        <Field
          key={language}
          label={t('eraseType')}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
          data-testid="erase-word"
        />
        {erase.error && <Refusal of={erase.error} />}
      </Confirm>
    </>
  );
}
