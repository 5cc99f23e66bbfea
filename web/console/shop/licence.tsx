/** The three lines of a licence, typed once for the application and once more to correct it. */
import { Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';

export interface LicenceTyped {
  creditCode: string;
  legalName: string;
  legalPerson: string;
}
interface LicenceForm {
  readonly typed: LicenceTyped;
  readonly ready: boolean;
  readonly change: (part: Partial<LicenceTyped>) => void;
}

export function useLicence(first: Partial<LicenceTyped> = {}): LicenceForm {
  const [typed, setTyped] = useState<LicenceTyped>({
    ...{ creditCode: '', legalName: '', legalPerson: '' },
    ...first,
  });
  const plain = typed.creditCode.normalize('NFKC').replace(/[\s-]/g, '');
  const ready = plain.length === 18 && typed.legalName.length > 1 && typed.legalPerson.length > 0;
  return { typed, ready, change: (part) => setTyped({ ...typed, ...part }) };
}

export function LicenceFields({ of: { typed, change } }: { of: LicenceForm }): ReactNode {
  const t = useSay();
  return (
    <>
      <Field label={t('shop.creditCode')} hint={t('shop.creditCodeRule')}>
        <Input
          size="large"
          value={typed.creditCode}
          autoCapitalize="characters"
          autoComplete="off"
          onChange={({ target }) => change({ creditCode: target.value })}
        />
      </Field>
      <Field label={t('shop.legalName')} hint={t('shop.legalNameRule')}>
        <Input
          size="large"
          value={typed.legalName}
          autoComplete="organization"
          onChange={({ target }) => change({ legalName: target.value })}
        />
      </Field>
      <Field label={t('shop.legalPerson')}>
        <Input
          size="large"
          value={typed.legalPerson}
          onChange={({ target }) => change({ legalPerson: target.value })}
        />
      </Field>
    </>
  );
}
