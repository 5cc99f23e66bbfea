/** The sheets that answer a challenge of the API: sign in, or confirm it is you. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onChallenge } from '../api.ts';
import { Sheet, toast } from '../kit/index.ts';
import { ask, settle, useAsked } from './session.ts';
import { SignInForm } from './sign-in.tsx';
import { StepUpForm } from './step-up.tsx';
import { useTexts } from './texts.ts';

export function Challenges(): React.ReactNode {
  const open = useAsked();
  const t = useTexts();
  const queries = useQueryClient();
  useEffect(() => onChallenge(ask), []);
  return (
    <>
      <Sheet
        open={open === 'sign_in'}
        onClose={() => settle(false)}
        title={t('signInTitle')}
        testId="sign-in-sheet"
      >
        <SignInForm
          onDone={(me) => {
            queries.setQueryData(['me'], me);
            void queries.invalidateQueries({ queryKey: ['orders'] });
            toast(t('signedIn'));
            settle(true);
          }}
        />
      </Sheet>
      <Sheet
        open={open === 'step_up'}
        onClose={() => settle(false)}
        title={t('stepUpTitle')}
        testId="step-up-sheet"
      >
        <StepUpForm onDone={() => settle(true)} />
      </Sheet>
    </>
  );
}
