/** From what became of a card to its page. */
import { Link } from '@tanstack/react-router';

export function ToCard({ id, children }: { id: string; children: string }): React.ReactNode {
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: `cards/${id}` }}
      className="hq-button"
      data-testid="to-card"
    >
      {children}
    </Link>
  );
}
