/** The grade of a verification, V0–V6, with the words of what it means. */
import { GRADE_WORDS, GRADES, type Grade } from '../../src/cards/schema.ts';
import { useKitTexts, usePick } from './language.tsx';

const isGrade = (name: string): name is Grade => name in GRADE_WORDS;

export function GradeBadge({
  grade,
  words = true,
}: {
  grade: string;
  words?: boolean;
}): React.ReactNode {
  const t = useKitTexts();
  const pick = usePick();
  if (!isGrade(grade)) return null;
  const level = GRADES.indexOf(grade);
  return (
    <span className="hq-grade" data-grade={grade} data-testid="grade">
      <span className="hq-grade-mark" role="img" aria-label={t('gradeLabel', { grade })}>
        {grade}
        <span className="hq-grade-bars" aria-hidden="true">
          {GRADES.slice(1).map((one, index) => (
            <i key={one} data-on={index < level} />
          ))}
        </span>
      </span>
      {words && <span>{pick(GRADE_WORDS[grade])}</span>}
    </span>
  );
}
