/** A party and the reasons of a suspicion or a report, in words. */
import { Fragment, type ReactNode } from 'react';
import type { AmlCaseRow } from '../api-types.ts';
import { type SayKey, useSay } from '../say.ts';
import { ShortId } from './id.tsx';
import { Mark } from './tags.tsx';

export function Party({
  of: { partyKind, partyId },
}: {
  of: Pick<AmlCaseRow, 'partyKind' | 'partyId'>;
}): ReactNode {
  const t = useSay();
  return (
    <>
      {t(`aml.kind.${partyKind}`)} <ShortId id={partyId} plain />
    </>
  );
}

type ReasonKey = Extract<SayKey, `aml.reason.${string}`>;
const reasonKeys: Readonly<Record<string, ReasonKey>> = {
  new_account: 'aml.reason.new_account',
  fresh_card: 'aml.reason.fresh_card',
  instant_cash_out: 'aml.reason.instant_cash_out',
  many_issuers: 'aml.reason.many_issuers',
  crime_victims: 'aml.reason.crime_victims',
  crime_settled: 'aml.reason.crime_settled',
  crime_profit: 'aml.reason.crime_profit',
  large_in: 'aml.reason.large_in',
  large_out: 'aml.reason.large_out',
};
export function Reasons({ of }: { of: readonly string[] }): ReactNode {
  const t = useSay();
  return of.map((reason, at) => {
    const key = reasonKeys[reason];
    return (
      <Fragment key={reason}>
        {at > 0 && ' '}
        <Mark tone="warn">{key ? t(key) : reason}</Mark>
      </Fragment>
    );
  });
}
