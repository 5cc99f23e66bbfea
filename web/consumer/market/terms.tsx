/** The terms of a listing beside its price: what the card may not be used for, and what part goes to a charity. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { restrictionSentence } from '../../../src/cards/schema.ts';
import type { Product } from '../../api.gen.ts';
import { call } from '../../api.ts';
import { Check, Choices, useLanguage, useMoment, usePick } from '../../kit/index.ts';
import { useTexts } from '../texts.ts';
import type { Restriction } from './types.ts';

const EXTRAS: readonly Restriction[] = [
  { kind: 'notCombinable' },
  { kind: 'singleUse' },
  { kind: 'nameBound' },
];

interface RulesProps {
  product: Pick<Product, 'restrictions'>;
  /** What the listing says so far; its seller has said already that these are all. */
  was?: readonly Restriction[];
  /** Undefined until the seller has said that these are all. */
  onChange: (rules: readonly Restriction[] | undefined) => void;
}

/** One fact by itself, in no language; lists of a fact are in the order of the catalogue. */
const keyOf = (one: Restriction): string => JSON.stringify(one);

/** The product's own restrictions are given; the seller adds to them, or says that there are no others. */
export function Rules({ product, was = [], onChange }: RulesProps): React.ReactNode {
  const t = useTexts();
  const language = useLanguage();
  const given = product.restrictions.filter(({ kind }) => kind !== 'none');
  const shown = new Set(given.map(keyOf));
  const own = was.filter((one) => one.kind !== 'none' && !shown.has(keyOf(one)));
  const [added, setAdded] = useState<readonly string[]>(own.map(keyOf));
  const [sure, setSure] = useState(was.length > 0);
  // A listing may say more than this form can write; that too can be taken back here.
  const free = [
    ...EXTRAS.filter(({ kind }) => !given.some((one) => one.kind === kind)),
    ...own.filter((one) => !EXTRAS.some(({ kind }) => kind === one.kind)),
  ];
  const change = (next: readonly string[], said: boolean): void => {
    setAdded(next);
    setSure(said);
    const all = [...given, ...free.filter((one) => next.includes(keyOf(one)))];
    onChange(said ? (all.length > 0 ? all : [{ kind: 'none' }]) : undefined);
  };
  return (
    <fieldset className="form mk-terms" data-testid="rules">
      <legend>{t('mkSellRules')}</legend>
      <p className="fine">{t('mkSellRulesSay')}</p>
      {given.length > 0 && (
        <ul className="bullets">
          {given.map((fact) => (
            <li key={keyOf(fact)}>{restrictionSentence(fact, language)}</li>
          ))}
        </ul>
      )}
      {free.map((fact) => {
        const key = keyOf(fact);
        // Other terms are other words: what was sworn to before has to be sworn to again.
        return (
          <Check
            key={key}
            checked={added.includes(key)}
            onChange={(on) => change(on ? [...added, key] : added.filter((k) => k !== key), false)}
          >
            {restrictionSentence(fact, language)}
          </Check>
        );
      })}
      <Check checked={sure} onChange={(on) => change(added, on)} testId="sell-rules-sure">
        {t('mkSellRulesSure')}
      </Check>
    </fieldset>
  );
}

export interface CharityShare {
  id: string;
  shareBps: number;
}
const SHARES = [0, 1_000, 5_000, 10_000] as const;
const BPS_A_PERCENT = 100;

interface DonateProps {
  chosen: CharityShare | undefined;
  onChange: (next: CharityShare | undefined) => void;
}

/** Nothing at all while there is no charity to give to. */
export function Donate({ chosen, onChange }: DonateProps): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const [was] = useState(chosen?.shareBps ?? 0);
  const charities = useQuery({
    queryKey: ['charities'],
    queryFn: () => call('GET /v1/charities'),
  });
  const moment = useMoment();
  const [first] = charities.data?.items ?? [];
  const charity = charities.data?.items.find(({ id }) => id === chosen?.id);
  if (!first) return null;
  const shares = [...new Set([...SHARES, was])].toSorted((a, b) => a - b);
  return (
    <>
      <Choices
        label={t('mkSellDonate')}
        hideLabel
        value={String(chosen?.shareBps ?? 0)}
        onChange={(value) =>
          onChange(
            value === '0' ? undefined : { id: chosen?.id ?? first.id, shareBps: Number(value) },
          )
        }
        options={shares.map((bps) => ({
          value: String(bps),
          label:
            bps === 0 ? t('mkSellDonateNone') : t('mkSellDonateShare', { n: bps / BPS_A_PERCENT }),
        }))}
      />
      {chosen && (
        <Choices
          label={t('mkSellCharity')}
          value={chosen.id}
          onChange={(id) => onChange({ ...chosen, id })}
          options={(charities.data?.items ?? []).map((one) => ({
            value: one.id,
            label: pick({ zh: one.nameZh, en: one.nameEn }),
          }))}
        />
      )}
      {charity && (
        <p className="fine">
          {t('mkSellLicence', {
            no: charity.licenceNo,
            day: moment(charity.verifiedAt, 'date'),
            until: moment(charity.validUntil, 'date'),
          })}
        </p>
      )}
    </>
  );
}
