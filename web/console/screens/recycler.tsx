/** One recycler for staff: licence, checklist, money, history; stopping its business, and defaults on its deposit. */
import { Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { RecyclerFile, StopReason } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';
import { ScorecardPanel } from '../shop/scorecard.tsx';
import { DepositDefaults } from './deposit-defaults.tsx';

export function RecyclerScreen(): ReactNode {
  const pick = usePick();
  const id = usePathPart('id');
  const file = useAsk('GET /v1/console/recyclers/:id', { params: { id } });
  const score = useAsk('GET /v1/console/recyclers/:id/scorecard', { params: { id } });
  const judge = useMay(['risk', 'compliance', 'admin']);
  const money = useMay(['risk', 'finance', 'compliance', 'auditor', 'admin']);
  if (file.error && !file.data)
    return <Refusal of={file.error} onRetry={() => void file.refetch()} />;
  if (!file.data) return <Skeleton lines={8} tall />;
  const one = file.data;
  return (
    <Screen
      title={one.name}
      lead={
        <>
          <StateMark process="recycler_account" state={one.state} />{' '}
          {one.reasonSaid && pick(one.reasonSaid)}
        </>
      }
    >
      <Tiles of={one} />
      {judge && <Acts of={one} />}
      <Licence of={one} photo={judge && one.hasPhoto} />
      <Missing of={one} />
      <ScorecardPanel of={score.data} />
      {money && <DepositDefaults of={one} />}
      <History of={one} />
    </Screen>
  );
}

function Tiles({ of }: { of: RecyclerFile }): ReactNode {
  const t = useSay();
  const tiles = [
    [t('shop.cap'), of.capFen],
    [t('shop.free'), of.walletFen],
    [t('shop.held'), of.heldFen],
    [t('shop.deposit'), of.depositFen],
    [t('shop.settled'), of.settledFen],
  ] as const;
  return (
    <dl className="co-tiles">
      {tiles.map(([label, fen]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Money fen={fen} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

type ActName = 'restrict' | 'suspend' | 'restore' | 'expel';
/** What the life of the account allows to an operator; the server asks again. */
const allowed: Readonly<Partial<Record<RecyclerFile['state'], readonly ActName[]>>> = {
  probation: ['restrict', 'suspend'],
  active: ['restrict', 'suspend'],
  restricted: ['restore', 'suspend'],
  suspended: ['restore', 'expel'],
};
const reasons = ['complaints', 'default', 'false_reports', 'risk', 'authority'] as const;

function Acts({ of }: { of: RecyclerFile }): ReactNode {
  const t = useSay();
  const done = t('recyclers.acted');
  const acts = {
    restrict: useAct('POST /v1/console/recyclers/:id/restrict', done),
    suspend: useAct('POST /v1/console/recyclers/:id/suspend', done),
    restore: useAct('POST /v1/console/recyclers/:id/restore', done),
    expel: useAct('POST /v1/console/recyclers/:id/expel', done),
  };
  const [reason, setReason] = useState<StopReason>('complaints');
  const names = allowed[of.state] ?? [];
  if (names.length === 0) return null;
  return (
    <Panel title={t('shell.actions')}>
      <div className="co-filters">
        <Field label={t('recyclers.reason')}>
          <Select<StopReason>
            value={reason}
            options={reasons.map((value) => ({ value, label: t(`recyclers.reason.${value}`) }))}
            onChange={setReason}
          />
        </Field>
        {names.map((name) => (
          <AskedButton
            key={name}
            danger={name !== 'restore'}
            loading={acts[name].busy}
            label={t(`recyclers.${name}`)}
            sure={
              <p>
                {of.name} · {t(`recyclers.reason.${reason}`)}
              </p>
            }
            calm={name === 'restore'}
            act={() => acts[name].run({ params: { id: of.id }, body: { reason } })}
          />
        ))}
      </div>
    </Panel>
  );
}

function Licence({ of, photo }: { of: RecyclerFile; photo: boolean }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('shop.licence')}>
      <Facts
        of={[
          [t('shop.creditCode'), <code key="code">{of.creditCode}</code>],
          [t('shop.legalPerson'), of.legalPersonMasked],
          [t('shop.address'), of.address ?? '–'],
          [t('shop.tierIs'), t(`shop.${of.tier}`)],
          [
            t('shop.verifiedUntil'),
            of.verifiedUntil ? <When key="until" at={of.verifiedUntil} /> : '–',
          ],
          [t('recyclers.members'), of.members],
          [t('recyclers.owners'), of.owners.map(({ phoneMasked }) => phoneMasked).join(' · ')],
        ]}
      />
      {!of.operatorIsLegal && <Mark tone="warn">{t('recyclers.notLegal')}</Mark>}{' '}
      {photo && (
        <a href={`/v1/console/recyclers/${of.id}/licence-photo`} target="_blank" rel="noreferrer">
          {t('recyclers.photo')}
        </a>
      )}
    </Panel>
  );
}

const tones = { done: 'good', waiting: 'run', missing: 'warn' } as const;

function Missing({ of }: { of: RecyclerFile }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Panel title={t('shop.progress')}>
      <ul className="co-checklist">
        {of.checklist.map(({ code, state, whySaid, missingFen }) => (
          <li key={code}>
            <Mark tone={tones[state]}>{t(`shop.${state}`)}</Mark>
            <span className="co-twoline">
              <strong>{t(`shop.check.${code}`)}</strong>
              {whySaid && (
                <small>
                  {pick(whySaid)} {missingFen && <Money fen={missingFen} size="s" />}
                </small>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function History({ of }: { of: RecyclerFile }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Panel title={t('recyclers.history')}>
      <Listing
        caption={t('recyclers.history')}
        rows={of.history}
        rowKey={({ at, transition, to }) => at + transition + to}
        columns={[
          { title: t('shop.when'), show: ({ at }) => <When at={at} /> },
          { title: t('orders.state'), show: ({ toSaid }) => pick(toSaid) },
          {
            title: t('shop.member'),
            show: ({ actor }) => (actor ? <ShortId id={actor} plain /> : '–'),
          },
        ]}
      />
    </Panel>
  );
}
