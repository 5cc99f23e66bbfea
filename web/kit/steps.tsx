/** Where something stands on its way: done, now, not yet; readable without seeing colour. */
import { Icon } from './icons.tsx';
import { useKitTexts } from './language.tsx';
import { Moment } from './time.tsx';

export interface Step {
  key: string;
  label: string;
  /** When it was done. */
  at?: string | undefined;
}

interface StepsProps {
  steps: Step[];
  /** The step that is in progress; undefined when all is over. */
  now?: string | undefined;
  /** `stopped`: the way ended before its last step. */
  stopped?: boolean;
  label: string;
}

export function Steps({ steps, now, stopped = false, label }: StepsProps): React.ReactNode {
  const t = useKitTexts();
  return (
    <ol className="hq-steps" aria-label={label} data-stopped={stopped} data-testid="steps">
      {steps.map((step, index) => {
        const state = step.at ? 'done' : step.key === now ? 'now' : 'next';
        const said = { done: t('stepDone'), now: t('stepNow'), next: t('stepNext') }[state];
        return (
          <li
            key={step.key}
            data-state={state}
            data-step={step.key}
            {...(state === 'now' && { 'aria-current': 'step' })}
          >
            <span className="hq-step-dot" aria-hidden="true">
              {state === 'done' ? <Icon name="check" size={14} /> : index + 1}
            </span>
            <span className="hq-step-label">
              {step.label}
              <span className="hq-unseen"> {said}</span>
            </span>
            {step.at && (
              <span className="hq-step-at">
                <Moment at={step.at} form="minute" />
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
