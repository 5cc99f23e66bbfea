/** One shop: what is missing until it opens, then its caps and money at a glance, its licence, and the way out. */
import { Alert, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money, yuanText } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { Shop } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { Checklist } from './checklist.tsx';
import { LicenceFields, useLicence } from './licence.tsx';
import { StateSaid } from './parts.tsx';
import { isJoining, may, useShop } from './shop.ts';
import { Todo } from './todo.tsx';

export function ShopScreen(): ReactNode {
  const pick = usePick();
  const { data: shop, error, refetch } = useShop();
  if (error && !shop) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!shop) return <Skeleton lines={8} tall />;
  return (
    <Screen
      title={shop.name}
      lead={<StateSaid state={shop.state}>{pick(shop.stateSaid)}</StateSaid>}
    >
      <Notices of={shop} />
      {!isJoining(shop) && <Todo id={shop.id} />}
      {isJoining(shop) ? <Checklist of={shop} /> : <Tiles of={shop} />}
      {(shop.state === 'applied' || shop.state === 'restricted') && may(shop, 'owner') && (
        <Correct of={shop} />
      )}
      <Licence of={shop} />
      {may(shop, 'owner') && <Leave of={shop} />}
    </Screen>
  );
}

function Notices({ of: { reasonSaid, refundOn, state } }: { of: Shop }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const stopped = state === 'restricted' || state === 'suspended';
  return (
    <>
      {stopped && reasonSaid && (
        <Alert type="warning" title={pick(reasonSaid)} showIcon role="alert" />
      )}
      {state === 'exiting' && refundOn && (
        <Alert type="info" title={t('shop.refundOn', { day: refundOn })} showIcon />
      )}
    </>
  );
}

const plain = (fen: string): string => yuanText(fen).slice(1);

function Tiles({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const tiles = [
    { label: t('shop.cap'), fen: of.capFen },
    { label: t('shop.free'), fen: of.walletFen },
    { label: t('shop.held'), fen: of.heldFen },
    { label: t('shop.deposit'), fen: of.depositFen },
    { label: t('shop.settled'), fen: of.settledFen },
  ];
  const { nextCap, graduation } = of;
  return (
    <>
      <dl className="co-tiles">
        {tiles.map(({ label, fen }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Money fen={fen} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="co-note co-gap">
        {t('shop.settledCount', { n: of.settledCount })}
        {nextCap && (
          <>
            {' · '}
            {t('shop.nextCap', { from: plain(nextCap.fromFen), cap: plain(nextCap.capFen) })}
          </>
        )}
      </p>
      {of.state === 'probation' && (
        <p className="co-note co-gap">
          {t('shop.graduation', { count: graduation.count, fen: plain(graduation.fen) })}
        </p>
      )}
    </>
  );
}

function Correct({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('PUT /v1/recyclers/:id/licence', t('shop.resubmitted'));
  const licence = useLicence({ creditCode: of.creditCode, legalName: of.name });
  const waits = of.checklist.some(({ code, state }) => code === 'licence' && state === 'waiting');
  const [open, setOpen] = useState(false);
  if (waits) return null;
  return (
    <Panel title={t('shop.resubmit')}>
      {open ? (
        <form
          className="co-form"
          onSubmit={(event) => {
            event.preventDefault();
            void act.run({ params: { id: of.id }, body: licence.typed });
          }}
        >
          <LicenceFields of={licence} />
          <Button type="primary" htmlType="submit" loading={act.busy} disabled={!licence.ready}>
            {t('shop.resubmit')}
          </Button>
        </form>
      ) : (
        <Button onClick={() => setOpen(true)}>{t('shop.resubmit')}</Button>
      )}
    </Panel>
  );
}

function Licence({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('shop.licence')}>
      <Facts
        of={[
          [t('shop.legalName'), of.name],
          [t('shop.creditCode'), <code key="code">{of.creditCode}</code>],
          [t('shop.legalPerson'), of.legalPersonMasked],
          [t('shop.tierIs'), t(`shop.${of.tier}`)],
          [t('shop.address'), of.address ?? '–'],
          [
            t('shop.verifiedUntil'),
            of.verifiedUntil ? <When key="until" at={of.verifiedUntil} /> : '–',
          ],
        ]}
      />
      {of.openedAt && (
        <a href={`/recyclers/${of.id}`} target="_blank" rel="noreferrer">
          {t('shop.licencePage')}
        </a>
      )}
    </Panel>
  );
}

function Leave({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/leave', t('shop.left'));
  if (of.state === 'exiting' || of.state === 'closed') return null;
  return (
    <AskedButton
      danger
      loading={act.busy}
      label={t('shop.leave')}
      sure={<p>{t('shop.leaveSure')}</p>}
      act={() => act.run({ params: { id: of.id } })}
    />
  );
}
