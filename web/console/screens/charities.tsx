/** Charities that can be given to: proposed by one, confirmed by the register, approved by another; monthly batches. */
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import type { Charities, CharityRow } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay, useMe } from '../session.ts';
import { ProposeCharity } from './propose-charity.tsx';

const EVERY_MS = 10_000;

export function CharitiesScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const may = useMay(['finance', 'admin']);
  const all = useAsk('GET /v1/console/charities', {}, { everyMs: EVERY_MS });
  return (
    <Screen title={t('charities.title')} lead={t('charities.lead')}>
      <Listing
        caption={t('charities.title')}
        rows={all.data?.charities}
        error={all.error}
        refetch={all.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('charities.none'), next: t('charities.noneNext') }}
        columns={[
          {
            title: t('charities.name'),
            show: ({ nameZh, nameEn, creditCode }) => (
              <span className="co-twoline">
                {pick({ zh: nameZh, en: nameEn })}
                <small>
                  <code>{creditCode}</code>
                </small>
              </span>
            ),
          },
          { title: t('orders.state'), show: (one) => <Standing of={one} /> },
          { title: t('charities.licence'), show: ({ licenceNo }) => <code>{licenceNo}</code> },
          { title: t('charities.valid'), show: ({ validUntil }) => validUntil ?? '–' },
          {
            title: t('charities.verified'),
            show: ({ verifiedAt }) => (verifiedAt ? <When at={verifiedAt} /> : '–'),
          },
          {
            title: t('payouts.account'),
            show: ({ accountLast4 }) => (accountLast4 ? <code>···· {accountLast4}</code> : '–'),
          },
          {
            title: t('charities.given'),
            align: 'right',
            show: ({ givenFen }) => <Money fen={givenFen} size="s" />,
          },
          {
            title: t('charities.waiting'),
            align: 'right',
            show: ({ waitingFen }) => <Money fen={waitingFen} size="s" />,
          },
          { title: t('shell.actions'), show: (one) => <Acts of={one} /> },
        ]}
      />
      {may && <ProposeCharity />}
      {all.data && <Batches of={all.data} />}
    </Screen>
  );
}

const doubts = ['not_registered', 'name_differs', 'licence_differs', 'licence_expired'] as const;

function Standing({ of }: { of: CharityRow }): ReactNode {
  const t = useSay();
  const doubt = doubts.find((one) => one === of.failure);
  return (
    <span className="co-twoline">
      <StateMark process="charity" state={of.state} />
      {doubt && <Mark tone="bad">{t(`charities.doubt.${doubt}`)}</Mark>}
    </span>
  );
}

function Acts({ of }: { of: CharityRow }): ReactNode {
  const t = useSay();
  const me = useMe();
  const may = useMay(['finance', 'admin']);
  const approve = useAct('POST /v1/console/charities/:id/approve', t('charities.approved'));
  const recheck = useAct('POST /v1/console/charities/:id/recheck', t('charities.rechecked'));
  const strike = useAct('POST /v1/console/charities/:id/strike', t('charities.struck'));
  if (!may) return null;
  const input = { params: { id: of.id } };
  const acts = [
    { name: 'approve', act: approve, calm: true },
    { name: 'recheck', act: recheck, calm: true },
    { name: 'strike', act: strike, calm: false },
  ] as const;
  return (
    <span className="co-twoline">
      {acts
        .filter(({ name }) => of.allowed.includes(name))
        .map(({ name, act, calm }) =>
          name === 'approve' && me?.id === of.proposedBy ? (
            <small key={name}>{t('runs.mine')}</small>
          ) : (
            <AskedButton
              key={name}
              size="small"
              type={name === 'approve' ? 'primary' : 'default'}
              danger={!calm}
              loading={act.busy}
              label={t(`charities.${name}`)}
              sure={
                <>
                  <p>{of.nameZh}</p>
                  <p>{t(`charities.${name}Sure`)}</p>
                  {!calm && <p>{t('shell.irreversible')}</p>}
                </>
              }
              calm={calm}
              act={() => act.run(input)}
            />
          ),
        )}
    </span>
  );
}

function Batches({ of }: { of: Charities }): ReactNode {
  const t = useSay();
  const names = new Map(of.charities.map(({ id, nameZh, nameEn }) => [id, { nameZh, nameEn }]));
  const pick = usePick();
  return (
    <Panel title={t('charities.batches')}>
      <Listing
        caption={t('charities.batches')}
        rows={of.batches}
        rowKey={({ id }) => id}
        empty={{ title: t('charities.noBatch'), next: t('charities.noBatchNext') }}
        columns={[
          { title: t('charities.batch'), show: ({ batchNo }) => <code>{batchNo}</code> },
          {
            title: t('charities.name'),
            show: ({ charityId }) => {
              const name = names.get(charityId);
              return name ? pick({ zh: name.nameZh, en: name.nameEn }) : '–';
            },
          },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          { title: t('charities.count'), align: 'right', show: ({ count }) => count },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="payout" state={state} />,
          },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Panel>
  );
}
