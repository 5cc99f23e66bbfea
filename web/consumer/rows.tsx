/** A list of things with a price, each leading to a page of its own: what it is, where it stands, what it costs. */
import { Link } from '@tanstack/react-router';
import { Money } from '../kit/index.ts';

export interface Row {
  readonly key: string;
  /** The rest of the address under the list's own root. */
  readonly to: string;
  readonly title: string;
  readonly say: string;
  readonly fen: string;
}

/** With a heading where the list is one of several on its page; `id` names heading and list. */
export function Rows(props: {
  root: '/exchange/$' | '/assign/$';
  rows: readonly Row[];
  id: string;
  heading?: string;
}): React.ReactNode {
  const { root, rows, id, heading } = props;
  const list = (
    <ul className="prices panel" data-testid={id}>
      {rows.map(({ key, to, title, say, fen }) => (
        <li key={key}>
          <Link to={root} params={{ _splat: to }}>
            <span className="price-name">
              <strong>{title}</strong>
              <span className="fine">{say}</span>
            </span>
            <span className="price-net">
              <Money fen={fen} size="l" />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
  if (heading === undefined) return list;
  return (
    <section className="rows" aria-labelledby={`${id}-h`}>
      <h2 id={`${id}-h`}>{heading}</h2>
      {list}
    </section>
  );
}
