/** What a stranger sees where a page belongs to one person: why it is empty, and the way in. */
import { Empty } from '../kit/index.ts';
import { Do } from './act.tsx';
import { ask } from './session.ts';
import { useTexts } from './texts.ts';

export function SignInFirst(): React.ReactNode {
  const t = useTexts();
  return (
    <Empty icon="lock" title={t('signInFirst')} say={t('signInFirstSay')}>
      <Do testId="sign-in" onClick={() => void ask('sign_in')}>
        {t('signIn')}
      </Do>
    </Empty>
  );
}
